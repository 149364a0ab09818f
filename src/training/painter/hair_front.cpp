#include <algorithm>
#include <cmath>

#include "training/painter/hair.h"
#include "training/painter/stage.h"

namespace fude::painter {
namespace {

/// Where the locks beside the face end.
double side_lock_end(const Stage& stage) {
  if (!stage.is_girl()) return 20;
  switch (stage.who.hair_style) {
    case HairStyle::kSpiky: return 24;
    case HairStyle::kBob: return 46;
    case HairStyle::kStraight:
    case HairStyle::kWavy: return 44;
    default: return 50;
  }
}

std::vector<Point> inner_edge(Bangs bangs) {
  switch (bangs) {
    case Bangs::kBlunt:
      return {{-36, -3}, {-35, 0}, {-20, 2}, {-18, -8}, {-16, 2}, {-1, 3}, {1, -8},
              {3, 3},    {17, 2},  {19, -8}, {21, 2},   {35, 0},  {36, -3}};
    case Bangs::kSwept:
      return {{-38, -8}, {-40, 12}, {-27, -16}, {-27, 4},  {-12, -22}, {-9, -2},
              {6, -30},  {9, -9},   {17, -46},  {28, -16}, {38, 6},    {38, -10}};
    case Bangs::kParted:
      return {{-39, -8}, {-40, 12}, {-30, -12}, {-26, -4}, {-16, -26}, {0, -54},
              {16, -26}, {26, -4},  {30, -12},  {40, 12},  {39, -8}};
    case Bangs::kBetweenEyes:
      return {{-38, -6}, {-36, 7}, {-27, -14}, {-19, 0}, {-9, -18}, {1, 25},
              {9, -18},  {20, 0},  {27, -14},  {36, 7},  {38, -6}};
    case Bangs::kOverOneEye:
      return {{-38, -8}, {-39, 8}, {-29, -18}, {-22, -3}, {-14, -42}, {2, -12},
              {9, 20},   {15, 8},  {23, 36},   {30, 14},  {38, 34},   {40, 0}};
  }
  return {};
}

/// The front piece: side locks, bangs and the crown in one outline.
Path front_outline(const std::vector<Point>& edge) {
  const Point left = edge.front(), right = edge.back();
  Path path;
  path.move(left);
  trace_locks(path, edge);
  return path.curve({right.x + 9, right.y - 8}, {60, 14}, {58.5, -18})
      .curve({57, -54}, {32, -76}, {0, -76})
      .curve({-32, -76}, {-57, -54}, {-58.5, -18})
      .curve({-60, 14}, {left.x - 9, left.y - 8}, left)
      .close();
}

/// Spikes all round the crown, from one ear to the other.
Path spiky_outline(Stage& stage, const std::vector<Point>& edge) {
  constexpr Point kSpikes[] = {{62, 22},   {54, 6},    {74, -8},   {58, -22},  {74, -44},  {50, -48},  {54, -76},
                               {32, -64},  {24, -94},  {6, -72},   {-10, -92}, {-20, -70}, {-42, -84}, {-42, -58},
                               {-70, -56}, {-54, -34}, {-76, -18}, {-57, -4},  {-66, 20}};
  Random random = stage.random(Layer::kHair);
  Path path;
  path.move(edge.front());
  trace_locks(path, edge);
  Point at = edge.back();
  const auto arc = [&](Point to, bool is_tip) {
    const double bow = is_tip ? 0.14 : -0.06;  // spikes bulge on the way out and cave on the way back
    const Point normal{(to.y - at.y) * bow, -(to.x - at.x) * bow};
    path.curve({at.x + (to.x - at.x) / 3 + normal.x, at.y + (to.y - at.y) / 3 + normal.y},
               {at.x + (to.x - at.x) * 2 / 3 + normal.x, at.y + (to.y - at.y) * 2 / 3 + normal.y}, to);
    at = to;
  };
  bool is_tip = true;
  for (Point spike : kSpikes) {
    arc({spike.x + random.between(-3, 3), spike.y + random.between(-3, 3)}, is_tip);
    is_tip = !is_tip;
  }
  arc(edge.front(), false);
  return path.close();
}

void draw_strands(Stage& stage, const std::vector<Point>& edge) {
  Canvas& canvas = stage.canvas;
  const double part = stage.who.bangs == Bangs::kSwept ? 14 : stage.who.bangs == Bangs::kOverOneEye ? -12 : 0;
  for (std::size_t i = 1; i + 1 < edge.size(); ++i) {
    const bool is_valley = edge[i].y < edge[i - 1].y && edge[i].y < edge[i + 1].y;
    if (!is_valley) continue;
    const Point v = edge[i];
    const Point root{part + (v.x - part) * 0.5, -66 + std::abs(v.x - part) * 0.25};
    const Point from{root.x + (v.x - root.x) * 0.42, root.y + (v.y - root.y) * 0.42};
    canvas.fill(Path::taper({v.x, v.y + 1}, {v.x + (v.x - part) * 0.06, (v.y + from.y) / 2}, from, 1.5, 3.2, 0.2),
                stage.hair.shade);
  }
}

/// The angel's ring: a band of light that follows the skull, its lower edge in scallops as the locks part.
void draw_ring(Stage& stage) {
  Random random = stage.random(Layer::kHair);
  const double shift = random.between(-3, 3);
  constexpr int kScallops = 6;
  const auto on_skull = [&](double t, double drop) {
    return Point{t * 43, -49 + 22 * t * t + shift + drop * std::sqrt(1 - t * t)};
  };
  Path ring;
  ring.move(on_skull(-1, 0)).curve(on_skull(-0.6, -9), on_skull(0.6, -9), on_skull(1, 0));
  for (int i = kScallops; i > 0; --i) {
    const double from = -1 + 2.0 * i / kScallops, to = -1 + 2.0 * (i - 1) / kScallops;
    const double drop = i % 2 == 0 ? 11 : 15;
    ring.curve(on_skull(from * 0.9 + to * 0.1, drop), on_skull(from * 0.3 + to * 0.7, drop + 3),
               on_skull(to, i == 1 ? 0 : 3));
  }
  stage.canvas.fill(ring.close(), faded(stage.hair.light, stage.who.hair_color == HairColor::kWhite ? 1 : 0.66));
}

void draw_ahoge(Stage& stage) {
  if (stage.who.ahoge == Ahoge::kNone) return;
  stage.canvas.inked(Path()
                         .move({-5, -72})
                         .curve({-12, -92}, {2, -106}, {22, -97})
                         .curve({26, -95}, {27, -90}, {25, -86})
                         .curve({16, -94}, {6, -90}, {6, -72})
                         .close(),
                     stage.hair.base, stage.hair.ink, kLine);
}

}  // namespace

std::vector<Point> bangs_edge(const Stage& stage) {
  Random random = stage.random(Layer::kHair);
  const double end = side_lock_end(stage) + random.between(-3, 3);
  const double lock = stage.is_girl() ? 45 : 50;
  std::vector<Point> edge{{-lock, end}};
  for (Point point : inner_edge(stage.who.bangs)) {
    const double jitter = stage.who.bangs == Bangs::kBlunt ? 0.5 : 1.5;
    edge.push_back({point.x + random.between(-jitter, jitter), point.y + random.between(-jitter, jitter)});
  }
  edge.push_back({lock, end + random.between(-3, 3)});
  return edge;
}

void trace_locks(Path& path, std::span<const Point> edge) {
  for (std::size_t i = 1; i < edge.size(); ++i) {
    const Point from = edge[i - 1], to = edge[i];
    const double dx = to.x - from.x, dy = to.y - from.y;
    if (std::abs(dy) < 6)
      path.line(to);  // cut straight
    else if (dy > 0)
      path.curve({from.x + dx * 0.06, from.y + dy * 0.45}, {to.x - dx * 0.36, to.y - dy * 0.3}, to);
    else
      path.curve({from.x + dx * 0.36, from.y + dy * 0.3}, {to.x - dx * 0.06, to.y - dy * 0.45}, to);
  }
}

void draw_front_hair(Stage& stage) {
  Canvas& canvas = stage.canvas;
  draw_hanging_locks(stage);
  const std::vector<Point> edge = bangs_edge(stage);
  const bool is_spiky = stage.who.hair_style == HairStyle::kSpiky;
  const Path outline = is_spiky ? spiky_outline(stage, edge) : front_outline(edge);
  const Paint sheen = Paint::linear({0, -80}, {0, 40},
                                    {mix(stage.hair.base, stage.hair.light, 0.2), stage.hair.base, stage.hair.base,
                                     mix(stage.hair.base, stage.hair.shade, 0.35)});
  canvas.inked(outline, sheen, stage.hair.ink, kLine, [&] {
    const Path side = Path().move({62, -60}).curve({40, -40}, {50, 0}, {40, 60}).line({80, 60}).line({80, -60}).close();
    canvas.fill(side, faded(stage.hair.shade, 0.55));
    draw_strands(stage, edge);
    draw_ring(stage);
  });
  draw_ahoge(stage);
}

}  // namespace fude::painter
