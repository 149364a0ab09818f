#include "training/painter/canvas.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.h"

namespace fude::painter {

Path& Path::move(Point to) { return segments_.push_back({Kind::kMove, {to, {}, {}}}), *this; }
Path& Path::line(Point to) { return segments_.push_back({Kind::kLine, {to, {}, {}}}), *this; }
Path& Path::curve(Point control1, Point control2, Point to) {
  return segments_.push_back({Kind::kCurve, {control1, control2, to}}), *this;
}
Path& Path::close() { return segments_.push_back({Kind::kClose, {}}), *this; }

Path& Path::add(const Path& other) {
  segments_.insert(segments_.end(), other.segments_.begin(), other.segments_.end());
  return *this;
}

Path Path::smooth(std::span<const Point> points, bool closed, double tension) {
  const int count = static_cast<int>(points.size());
  const auto at = [&](int i) { return points[closed ? (i + count) % count : std::clamp(i, 0, count - 1)]; };
  Path path;
  path.move(points[0]);
  for (int i = 0; i < (closed ? count : count - 1); ++i) {
    const Point before = at(i - 1), from = at(i), to = at(i + 1), after = at(i + 2);
    const double k = tension / 3;
    path.curve({from.x + (to.x - before.x) * k, from.y + (to.y - before.y) * k},
               {to.x - (after.x - from.x) * k, to.y - (after.y - from.y) * k}, to);
  }
  if (closed) path.close();
  return path;
}

Path Path::polygon(std::initializer_list<Point> points) {
  Path path;
  for (const Point& point : points) path.segments_.empty() ? path.move(point) : path.line(point);
  return path.close();
}

Path Path::ellipse(Point c, double rx, double ry, double angle) {
  constexpr double kArc = 0.5522847498;  // control arm of a quarter circle
  const double cosine = std::cos(angle), sine = std::sin(angle);
  const auto at = [&](double x, double y) {
    return Point{c.x + x * rx * cosine - y * ry * sine, c.y + x * rx * sine + y * ry * cosine};
  };
  return Path()
      .move(at(1, 0))
      .curve(at(1, kArc), at(kArc, 1), at(0, 1))
      .curve(at(-kArc, 1), at(-1, kArc), at(-1, 0))
      .curve(at(-1, -kArc), at(-kArc, -1), at(0, -1))
      .curve(at(kArc, -1), at(1, -kArc), at(1, 0))
      .close();
}

Path Path::rectangle(double x, double y, double width, double height) {
  return polygon({{x, y}, {x + width, y}, {x + width, y + height}, {x, y + height}});
}

Path Path::taper(Point from, Point bend, Point to, double width, double start, double end) {
  const double dx = to.x - from.x, dy = to.y - from.y;
  const double length = std::hypot(dx, dy) + 1e-9;
  const Point normal{-dy / length, dx / length};
  const auto off = [&](Point p, double by) { return Point{p.x + normal.x * by, p.y + normal.y * by}; };
  // A quadratic's middle lies half way to its control point, so the full width goes to the control point.
  const auto quadratic = [](Path& path, Point a, Point b, Point c) {
    path.curve({a.x + (b.x - a.x) * 2 / 3, a.y + (b.y - a.y) * 2 / 3},
               {c.x + (b.x - c.x) * 2 / 3, c.y + (b.y - c.y) * 2 / 3}, c);
  };
  Path path;
  path.move(off(from, start / 2));
  quadratic(path, off(from, start / 2), off(bend, width), off(to, end / 2));
  path.line(off(to, -end / 2));
  quadratic(path, off(to, -end / 2), off(bend, -width), off(from, -start / 2));
  return path.close();
}

template <typename Map>
Path Path::mapped(Map map) const {
  Path path = *this;
  for (Segment& segment : path.segments_)
    for (Point& point : segment.points) point = map(point);
  return path;
}

Path Path::mirrored() const {
  return mapped([](Point p) { return Point{-p.x, p.y}; });
}
Path Path::moved(double dx, double dy) const {
  return mapped([=](Point p) { return Point{p.x + dx, p.y + dy}; });
}

void Path::trace(cairo_t* context) const {
  cairo_new_path(context);
  for (const auto& [kind, p] : segments_) {
    switch (kind) {
      case Kind::kMove: cairo_move_to(context, p[0].x, p[0].y); break;
      case Kind::kLine: cairo_line_to(context, p[0].x, p[0].y); break;
      case Kind::kCurve: cairo_curve_to(context, p[0].x, p[0].y, p[1].x, p[1].y, p[2].x, p[2].y); break;
      case Kind::kClose: cairo_close_path(context); break;
    }
  }
}

namespace {
void add_stops(cairo_pattern_t* pattern, std::initializer_list<Color> stops) {
  int i = 0;
  for (const Color& c : stops)
    cairo_pattern_add_color_stop_rgba(pattern, i++ / (stops.size() - 1.0), c.r, c.g, c.b, c.a);
}
}  // namespace

Paint::Paint(Color c) : Paint(cairo_pattern_create_rgba(c.r, c.g, c.b, c.a)) {}

Paint Paint::linear(Point from, Point to, std::initializer_list<Color> stops) {
  Paint paint(cairo_pattern_create_linear(from.x, from.y, to.x, to.y));
  add_stops(paint.pattern(), stops);
  return paint;
}

Paint Paint::radial(Point c, double inner, double outer, std::initializer_list<Color> stops) {
  Paint paint(cairo_pattern_create_radial(c.x, c.y, inner, c.x, c.y, outer));
  add_stops(paint.pattern(), stops);
  return paint;
}

Canvas::Canvas(int size)
    : size_(size),
      surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, size, size)),
      context_(cairo_create(surface_.get())) {
  if (cairo_status(context_.get()) != CAIRO_STATUS_SUCCESS)
    fail(ErrorCode::kOutOfResources, "no memory for a drawing surface of {0} x {0} pixels", size);
  cairo_set_line_join(context_.get(), CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(context_.get(), CAIRO_LINE_CAP_ROUND);
}

void Canvas::fill(const Path& path, const Paint& paint) {
  path.trace(context_.get());
  cairo_set_source(context_.get(), paint.pattern());
  cairo_fill(context_.get());
}

void Canvas::stroke(const Path& path, const Paint& paint, double width) {
  path.trace(context_.get());
  cairo_set_source(context_.get(), paint.pattern());
  cairo_set_line_width(context_.get(), width);
  cairo_stroke(context_.get());
}

void Canvas::cover(const Paint& paint) {
  cairo_set_source(context_.get(), paint.pattern());
  cairo_paint(context_.get());
}

std::vector<std::uint8_t> Canvas::pixels() const {
  cairo_surface_flush(surface_.get());
  const unsigned char* data = cairo_image_surface_get_data(surface_.get());
  const int stride = cairo_image_surface_get_stride(surface_.get());
  std::vector<std::uint8_t> rgb;
  rgb.reserve(static_cast<std::size_t>(size_) * size_ * 3);
  for (int y = 0; y < size_; ++y) {
    const auto* row = reinterpret_cast<const std::uint32_t*>(data + static_cast<std::ptrdiff_t>(y) * stride);
    for (int x = 0; x < size_; ++x)
      for (int shift : {16, 8, 0}) rgb.push_back(static_cast<std::uint8_t>(row[x] >> shift));
  }
  return rgb;
}

}  // namespace fude::painter
