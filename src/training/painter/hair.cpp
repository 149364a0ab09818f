#include "training/painter/hair.h"

#include <cmath>

namespace fude::painter {
namespace {

/// Points beside the spine at `offset` half widths to its left.
std::vector<Point> beside(std::span<const Point> spine, std::span<const double> half_widths, double offset) {
  std::vector<Point> points;
  const int last = static_cast<int>(spine.size()) - 1;
  for (int i = 0; i <= last; ++i) {
    const Point before = spine[std::max(0, i - 1)], after = spine[std::min(last, i + 1)];
    const double dx = after.x - before.x, dy = after.y - before.y, length = std::hypot(dx, dy);
    const double by = offset * half_widths[i] / length;
    points.push_back({spine[i].x + dy * by, spine[i].y - dx * by});
  }
  return points;
}

Path tress_outline(std::span<const Point> spine, std::span<const double> half_widths) {
  std::vector<Point> outline = beside(spine, half_widths, 1);
  const std::vector<Point> back = beside(spine, half_widths, -1);
  outline.insert(outline.end(), back.rbegin() + (half_widths.back() == 0 ? 1 : 0), back.rend());
  return Path::smooth(outline, true, 0.55);
}

std::vector<Point> mirrored(std::vector<Point> points) {
  for (Point& point : points) point.x = -point.x;
  return points;
}

bool is_loose(HairStyle style) { return style == HairStyle::kStraight || style == HairStyle::kWavy; }

void draw_braid(Stage& stage, double side, double end) {
  Canvas& canvas = stage.canvas;
  constexpr double kStep = 15;
  const auto x_at = [&](double y) { return side * (45 + 5 * std::sin((y - 40) / 60)); };
  double y = 44;
  bool is_left = true;
  for (; y < end; y += kStep, is_left = !is_left) {
    const double lean = is_left ? -1 : 1;
    canvas.inked(Path::ellipse({x_at(y) + lean * 4.5, y}, 10.5, 9.5, lean * -0.7), stage.hair.base, stage.hair.ink,
                 kLine, [&] {
                   canvas.fill(Path::ellipse({x_at(y) + lean * 4.5 + 3, y + 5}, 10, 7, lean * -0.7),
                               faded(stage.hair.shade, 0.7));
                   canvas.fill(Path::taper({x_at(y) - 3 + lean * 4, y - 4}, {x_at(y) + lean * 4, y - 6},
                                           {x_at(y) + 4 + lean * 4, y - 4}, 2.2),
                               faded(stage.hair.light, 0.8));
                 });
  }
  const double x = x_at(y);
  const Path tuft =
      Path::smooth({{x - 6, y - 4}, {x + 6, y - 4}, {x + 9, y + 12}, {x + 1, y + 24}, {x - 8, y + 12}}, true, 0.4);
  canvas.inked(tuft, stage.hair.base, stage.hair.ink, kLine);
  canvas.inked(Path::smooth({{x - 8, y - 8}, {x + 8, y - 8}, {x + 7, y}, {x - 7, y}}, true, 0.4), rgb(0xe8485c),
               rgb(0x74182c), 1.8);
}

void draw_drill(Stage& stage, double side, double end) {
  Canvas& canvas = stage.canvas;
  constexpr int kTurns = 6;
  const double top = 4, step = (end - top) / kTurns;
  for (int i = kTurns; i >= 0; --i) {  // from the tip up, each turn over the next
    const double t = static_cast<double>(i) / kTurns;
    const double r = 21 * (1 - t * 0.78);
    const Point at{side * (63 + 5 * std::sin(t * 3)), top + i * step};
    const Path turn = Path::ellipse(at, r, std::max(6.0, r * 0.72), side * 0.34);
    canvas.inked(turn, stage.hair.base, stage.hair.ink, kLine, [&] {
      canvas.fill(Path::ellipse({at.x + 3, at.y + r * 0.62}, r * 1.1, r * 0.5, side * 0.34),
                  faded(stage.hair.shade, 0.75));
      canvas.fill(Path::ellipse({at.x - r * 0.25, at.y - r * 0.3}, r * 0.42, r * 0.17, side * 0.34),
                  faded(stage.hair.light, 0.85));
    });
  }
}

void draw_loose_locks(Stage& stage) {
  if (stage.who.hair_length == HairLength::kShort) return;
  Random random = stage.random(Layer::kHair);
  const bool is_long = stage.who.hair_length == HairLength::kLong;
  const double wave = stage.who.hair_style == HairStyle::kWavy ? 7 : 0;
  for (double side : {-1.0, 1.0}) {
    const double end = (is_long ? 178 : 92) + random.between(-5, 5);
    std::vector<Point> spine;
    std::vector<double> widths;
    const int count = is_long ? 9 : 6;
    for (int i = 0; i <= count; ++i) {
      const double t = static_cast<double>(i) / count;
      const double bend = wave * std::sin(t * (is_long ? 14 : 9)) * std::min(1.0, t * 3);
      const double x = is_long ? 51 - 3 * t : 52 + 3 * std::sin(t * 3) - 9 * t * t;
      spine.push_back({side * (x + bend), -14 + (end + 14) * t});
      widths.push_back(i == count ? 0 : (9 + 5 * std::sin(t * 3.1)) * (t > 0.8 ? 0.8 : 1));
    }
    draw_tress(stage, spine, widths);
  }
}

void draw_bun(Stage& stage, double side) {
  Canvas& canvas = stage.canvas;
  const Point at{side * 45, -64};
  canvas.inked(Path::ellipse(at, 24, 23), stage.hair.base, stage.hair.ink, kLine, [&] {
    canvas.fill(Path::ellipse({at.x + 9, at.y + 11}, 22, 18), faded(stage.hair.shade, 0.6));
    canvas.stroke(Path::smooth({{at.x - side * 4, at.y + 22},
                                {at.x - side * 17, at.y + 2},
                                {at.x - side * 4, at.y - 13},
                                {at.x + side * 10, at.y - 5},
                                {at.x + side * 6, at.y + 8},
                                {at.x - side * 3, at.y + 5}},
                               false),
                  stage.hair.shade, 2.2);
    canvas.fill(Path::ellipse({at.x - 8, at.y - 12}, 7, 3.4, -0.5), faded(stage.hair.light, 0.85));
  });
}

/// What hangs behind neck and shoulders, darker than the rest: one mass with a few locks at its lower edge.
void draw_back_mass(Stage& stage, Path mass, double depth) {
  const Color dim = mix(stage.hair.base, stage.hair.shade, 0.62);
  stage.canvas.inked(mass, Paint::linear({0, -20}, {0, depth}, {stage.hair.shade, dim, dim}), stage.hair.ink, kLine);
}

Path short_mass(const Stage& stage) {
  if (stage.who.hair_style == HairStyle::kBob)
    return Path::smooth({{-56, -40},
                         {0, -74},
                         {56, -40},
                         {64, 4},
                         {67, 34},
                         {58, 55},
                         {30, 62},
                         {-30, 62},
                         {-58, 55},
                         {-67, 34},
                         {-64, 4}});
  if (!stage.is_girl())
    return Path::smooth({{-54, -40},
                         {0, -74},
                         {54, -40},
                         {58, 0},
                         {54, 30},
                         {40, 46},
                         {20, 56},
                         {-20, 56},
                         {-40, 46},
                         {-54, 30},
                         {-58, 0}});
  Path path;
  const Point edge[] = {{-60, -10}, {-68, 48}, {-54, 36}, {-48, 60}, {-34, 50}, {-20, 66}, {0, 56},
                        {20, 66},   {34, 50},  {48, 60},  {54, 36},  {68, 48},  {60, -10}};
  path.move(edge[0]);
  trace_locks(path, edge);
  return path.curve({56, -80}, {-56, -80}, {-60, -10}).close();
}

Path hanging_mass(const Stage& stage) {
  const bool is_long = stage.who.hair_length == HairLength::kLong;
  const double wave = stage.who.hair_style == HairStyle::kWavy ? 6 : 0;
  const double end = is_long ? 240 : 96;
  std::vector<Point> outline{{0, -74}};
  const auto side_points = [&](double side) {
    std::vector<Point> points{{side * 55, -44}};
    const int count = is_long ? 9 : 5;
    for (int i = 0; i <= count; ++i) {
      const double t = static_cast<double>(i) / count;
      const double spread = is_long ? 62 + 19 * std::sin(t * 1.7) : 62 + 5 * std::sin(t * 3) - (t > 0.9 ? 12 : 0);
      points.push_back({side * (spread + wave * std::sin(i * 2.2)), -10 + (end + 10) * t});
    }
    return points;
  };
  const auto right = side_points(1);
  outline.insert(outline.end(), right.begin(), right.end());
  const auto left = side_points(-1);
  outline.insert(outline.end(), left.rbegin(), left.rend());
  return Path::smooth(outline);
}

}  // namespace

void draw_tress(Stage& stage, std::span<const Point> spine, std::span<const double> half_widths) {
  Canvas& canvas = stage.canvas;
  const auto strand = [&](double offset, double width, Color color) {
    canvas.stroke(Path::smooth(beside(spine, half_widths, offset), false), color, width);
  };
  canvas.inked(tress_outline(spine, half_widths), stage.hair.base, stage.hair.ink, kLine, [&] {
    std::vector<Point> dark = beside(spine, half_widths, spine.back().x > 0 ? 0.35 : -0.95);
    const std::vector<Point> rim = beside(spine, half_widths, spine.back().x > 0 ? 1.3 : -2);
    dark.insert(dark.end(), rim.rbegin(), rim.rend());
    canvas.fill(Path::smooth(dark), faded(stage.hair.shade, 0.6));
    strand(-0.25, 1.5, faded(stage.hair.shade, 0.85));
    strand(0.3, 1.2, faded(stage.hair.shade, 0.7));
    const std::vector<Point> lit = beside(spine, half_widths, -0.55);
    const std::size_t k = lit.size() / 3;
    canvas.fill(Path::taper(lit[k - 1], lit[k], lit[k + 1], half_widths[k] * 0.24), faded(stage.hair.light, 0.8));
  });
}

void draw_hanging_locks(Stage& stage) {
  const HairStyle style = stage.who.hair_style;
  const bool is_long = stage.who.hair_length == HairLength::kLong;
  if (is_loose(style)) draw_loose_locks(stage);
  if (style == HairStyle::kDoubleBun && stage.who.hair_length != HairLength::kShort) draw_loose_locks(stage);
  for (double side : {-1.0, 1.0}) {
    if (style == HairStyle::kTwinBraids) draw_braid(stage, side, is_long ? 150 : 84);
    if (style == HairStyle::kTwinDrills) draw_drill(stage, side, is_long ? 128 : 84);
  }
}

void draw_back_hair(Stage& stage) {
  const HairStyle style = stage.who.hair_style;
  if (style == HairStyle::kPonytail) {
    const bool is_long = stage.who.hair_length == HairLength::kLong;
    const Point spine[] = {{14, -62}, {46, -86}, {80, -72}, {97, -28}, {98, 24}, {90, 76}, {72, 128}};
    const double widths[] = {8, 15, 20, 24, 23, 17, 0};
    const Point cropped[] = {{14, -62}, {46, -84}, {76, -70}, {90, -36}, {92, 0}, {84, 34}};
    const double narrow[] = {8, 14, 19, 20, 15, 0};
    is_long ? draw_tress(stage, spine, widths) : draw_tress(stage, cropped, narrow);
  }
  const bool hangs = is_loose(style) || style == HairStyle::kDoubleBun;
  if (hangs && stage.who.hair_length != HairLength::kShort)
    draw_back_mass(stage, hanging_mass(stage), 150);
  else
    draw_back_mass(stage, short_mass(stage), 60);
  if (style == HairStyle::kDoubleBun)
    for (double side : {-1.0, 1.0}) draw_bun(stage, side);
}

void draw_tails(Stage& stage) {
  if (stage.who.hair_style != HairStyle::kTwintails) return;
  const bool is_long = stage.who.hair_length == HairLength::kLong;
  const std::vector<Point> spine =
      is_long ? std::vector<Point>{{48, -44}, {74, -50}, {93, -22}, {96, 30}, {90, 84}, {74, 140}}
              : std::vector<Point>{{48, -44}, {72, -50}, {88, -28}, {90, 4}, {78, 42}};
  const std::vector<double> widths =
      is_long ? std::vector<double>{6, 14, 21, 24, 18, 0} : std::vector<double>{6, 14, 19, 17, 0};
  draw_tress(stage, spine, widths);
  draw_tress(stage, mirrored(spine), widths);
}

}  // namespace fude::painter
