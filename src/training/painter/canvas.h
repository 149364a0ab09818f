#pragma once

#include <cairo.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <vector>

namespace fude::painter {

struct Point {
  double x = 0;
  double y = 0;
};

/// Channels in [0, 1].
struct Color {
  double r = 0;
  double g = 0;
  double b = 0;
  double a = 1;
};

/// From 0xRRGGBB.
constexpr Color rgb(std::uint32_t hex) {
  return {((hex >> 16) & 255) / 255.0, ((hex >> 8) & 255) / 255.0, (hex & 255) / 255.0};
}
constexpr Color mix(Color from, Color to, double t) {
  return {from.r + (to.r - from.r) * t, from.g + (to.g - from.g) * t, from.b + (to.b - from.b) * t,
          from.a + (to.a - from.a) * t};
}
constexpr Color faded(Color color, double alpha) { return {color.r, color.g, color.b, color.a * alpha}; }
inline constexpr Color kWhite{1, 1, 1};

/// An outline of lines and cubic curves, kept so that it can be filled, inked, clipped to, moved and mirrored.
class Path {
 public:
  Path& move(Point to);
  Path& line(Point to);
  Path& curve(Point control1, Point control2, Point to);
  Path& close();

  /// Through all points (Catmull-Rom); tension 0 gives straight lines, 0.5 the usual roundness.
  static Path smooth(std::span<const Point> points, bool closed = true, double tension = 0.5);
  static Path smooth(std::initializer_list<Point> points, bool closed = true, double tension = 0.5) {
    return smooth(std::span(points.begin(), points.size()), closed, tension);
  }
  static Path polygon(std::initializer_list<Point> points);
  static Path ellipse(Point centre, double rx, double ry, double angle = 0);
  static Path rectangle(double x, double y, double width, double height);
  /// A stroke from `from` to `to`, bent towards `bend`: `width` across in the middle, tapering to the given ends.
  static Path taper(Point from, Point bend, Point to, double width, double start = 0, double end = 0);

  Path mirrored() const;  // x -> -x
  Path moved(double dx, double dy) const;
  Path& add(const Path& other);

  void trace(cairo_t* context) const;

 private:
  enum class Kind : std::uint8_t { kMove, kLine, kCurve, kClose };
  struct Segment {
    Kind kind;
    Point points[3];
  };
  template <typename Map>
  Path mapped(Map map) const;

  std::vector<Segment> segments_;
};

/// A colour or a gradient to fill with.
class Paint {
 public:
  Paint(Color color);  // NOLINT(google-explicit-constructor): a colour is a paint
  /// Stops are spread evenly from the first point (or the inner radius) to the last.
  static Paint linear(Point from, Point to, std::initializer_list<Color> stops);
  static Paint radial(Point centre, double inner, double outer, std::initializer_list<Color> stops);

  cairo_pattern_t* pattern() const { return pattern_.get(); }

 private:
  explicit Paint(cairo_pattern_t* pattern) : pattern_(pattern, cairo_pattern_destroy) {}
  std::shared_ptr<cairo_pattern_t> pattern_;
};

/// A square anti-aliased drawing surface.
class Canvas {
 public:
  explicit Canvas(int size);

  void fill(const Path& path, const Paint& paint);
  void stroke(const Path& path, const Paint& paint, double width);
  void cover(const Paint& paint);  // the whole surface, within the current clip

  /// How far the fills of inked shapes miss their lines; 0 in a good picture.
  void set_slip(Point slip) { slip_ = slip; }

  /// Fill, shade within the outline, then ink it. The ink is thicker below and right of the shape, as a pen's line.
  template <typename Shade>
  void inked(const Path& path, const Paint& paint, Color ink, double width, Shade shade) {
    stroke(path.moved(0.25 * width, 0.3 * width), ink, width);
    fill(path.moved(slip_.x, slip_.y), paint);
    within(path, shade);
    stroke(path, ink, 0.8 * width);
  }
  void inked(const Path& path, const Paint& paint, Color ink, double width) {
    inked(path, paint, ink, width, [] {});
  }

  /// Runs draw() with everything clipped to the path.
  template <typename Draw>
  void within(const Path& path, Draw draw) {
    const Saved saved(*this);
    path.trace(context_.get());
    cairo_clip(context_.get());
    draw();
  }
  /// Runs draw() in a moved, turned (radians) and scaled frame; scale applies first, then rotation, then the move.
  template <typename Draw>
  void placed(Point at, double angle, double scale_x, double scale_y, Draw draw) {
    const Saved saved(*this);
    cairo_translate(context_.get(), at.x, at.y);
    cairo_rotate(context_.get(), angle);
    cairo_scale(context_.get(), scale_x, scale_y);
    draw();
  }

  /// size*size*3 bytes, rows top to bottom, RGB.
  std::vector<std::uint8_t> pixels() const;

 private:
  struct Saved {
    explicit Saved(Canvas& canvas) : context(canvas.context_.get()) { cairo_save(context); }
    ~Saved() { cairo_restore(context); }
    Saved(const Saved&) = delete;
    Saved& operator=(const Saved&) = delete;
    cairo_t* context;
  };
  struct Free {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* context) const { cairo_destroy(context); }
  };

  int size_;
  Point slip_;
  std::unique_ptr<cairo_surface_t, Free> surface_;
  std::unique_ptr<cairo_t, Free> context_;
};

}  // namespace fude::painter
