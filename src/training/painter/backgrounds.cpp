#include <cmath>

#include "training/painter/stage.h"

namespace fude::painter {
namespace {

constexpr double kSize = kPictureSize;

void cover_gradient(Canvas& canvas, std::initializer_list<Color> stops) {
  canvas.cover(Paint::linear({0, 0}, {0, kSize}, stops));
}

/// Fills everything below a line through the given heights, spread over the width.
void fill_below(Canvas& canvas, std::initializer_list<double> heights, const Paint& paint) {
  std::vector<Point> points{{-20, kSize + 20}};
  double x = -16;
  const double step = (kSize + 32) / (heights.size() - 1);
  for (double y : heights) {
    points.push_back({x, y});
    x += step;
  }
  points.push_back({kSize + 20, kSize + 20});
  canvas.fill(Path::smooth(points, true, 0.6), paint);
}

void draw_cloud(Canvas& canvas, Point at, double width, Color color) {
  Path cloud = Path::ellipse({at.x, at.y - width * 0.1}, width * 0.3, width * 0.22);
  cloud.add(Path::ellipse({at.x - width * 0.3, at.y + width * 0.02}, width * 0.24, width * 0.16));
  cloud.add(Path::ellipse({at.x + width * 0.3, at.y + width * 0.01}, width * 0.26, width * 0.17));
  cloud.add(Path::ellipse({at.x, at.y + width * 0.1}, width * 0.56, width * 0.1));
  canvas.fill(cloud, color);
}

void draw_disc(Canvas& canvas, Point at, double radius, Color color, Color glow) {
  canvas.cover(Paint::radial(at, radius * 0.7, radius * 3, {glow, faded(glow, 0.35), faded(glow, 0)}));
  canvas.fill(Path::ellipse(at, radius, radius), color);
}

/// Either side of the frame, where the figure does not hide things.
double beside_figure(Random& random) { return random.chance(0.5) ? random.between(18, 62) : random.between(194, 238); }

Color plain_color(BackgroundColor color) {
  switch (color) {
    case BackgroundColor::kWhite: return rgb(0xfefefe);
    case BackgroundColor::kGrey: return rgb(0xa8abb4);
    case BackgroundColor::kPink: return rgb(0xffc2d8);
    case BackgroundColor::kBlue: return rgb(0x9cc8fa);
    case BackgroundColor::kYellow: return rgb(0xffe98a);
    case BackgroundColor::kGreen: return rgb(0xaee6a8);
    case BackgroundColor::kPurple: return rgb(0xc9b2f2);
  }
  return kWhite;
}

void draw_simple(Stage& stage) {
  const Color color = plain_color(stage.who.background_color);
  stage.canvas.cover(color);
  if (stage.who.background_color == BackgroundColor::kWhite) return;
  stage.canvas.cover(Paint::radial({128, 110}, 20, 200, {faded(kWhite, 0.34), faded(kWhite, 0)}));
}

void draw_blue_sky(Stage& stage, Random& random) {
  cover_gradient(stage.canvas, {rgb(0x3c94ee), rgb(0x84c6fb), rgb(0xd8f1ff)});
  const double x = random.between(10, 60);
  draw_cloud(stage.canvas, {x, random.between(34, 90)}, random.between(70, 104), kWhite);
  draw_cloud(stage.canvas, {x + random.between(150, 190), random.between(50, 130)}, random.between(64, 96), kWhite);
  draw_cloud(stage.canvas, {random.between(10, 60), random.between(170, 220)}, random.between(80, 110),
             faded(kWhite, 0.9));
}

void draw_night_sky(Stage& stage, Random& random) {
  Canvas& canvas = stage.canvas;
  cover_gradient(canvas, {rgb(0x0a1138), rgb(0x1c2a6c), rgb(0x4a4494)});
  const double x = random.chance(0.5) ? random.between(30, 46) : random.between(208, 224), y = random.between(34, 58);
  draw_disc(canvas, {x, y}, 21, rgb(0xfff3b8), Color{1, 1, 0.78, 0.5});
  for (int i = 0; i < 14; ++i) {
    const Point at{random.between(6, 250), random.between(8, 240)};
    const double r = random.between(1.5, 2.8);
    if (std::abs(at.x - x) > 32 || std::abs(at.y - y) > 32) canvas.fill(Path::ellipse(at, r, r), rgb(0xfffbe0));
  }
}

void draw_sunset(Stage& stage, Random& random) {
  Canvas& canvas = stage.canvas;
  cover_gradient(canvas, {rgb(0x6c3c94), rgb(0xe4606c), rgb(0xff9c4c), rgb(0xffd670)});
  draw_disc(canvas, {random.chance(0.5) ? random.between(34, 54) : random.between(200, 222), random.between(150, 176)},
            24, rgb(0xfff6cc), Color{1, 0.92, 0.55, 0.85});
  draw_cloud(canvas, {random.between(20, 80), random.between(40, 80)}, 84, Color{1, 0.66, 0.6, 0.8});
  draw_cloud(canvas, {random.between(190, 240), random.between(80, 116)}, 76, Color{1, 0.72, 0.56, 0.8});
  fill_below(canvas, {224, 214, 228, 218, 226}, rgb(0x5c2c5c));
}

void draw_city(Stage& stage, Random& random) {
  Canvas& canvas = stage.canvas;
  cover_gradient(canvas, {rgb(0x8cc8f4), rgb(0xd4ecfb), rgb(0xf2f6fa)});
  for (int layer = 0; layer < 2; ++layer) {
    const Color wall = layer == 0 ? rgb(0xb0c0d8) : rgb(0x7c8cb0), window = layer == 0 ? rgb(0xd4e0ee) : rgb(0xf4f0c8);
    for (double x = -random.between(4, 20); x < kSize;) {
      const double width = random.between(38, 54),
                   top = layer == 0 ? random.between(70, 130) : random.between(126, 186);
      canvas.fill(Path::rectangle(x, top, width, kSize), wall);
      for (double y = top + 10; y < kSize; y += 21)
        for (int column = 0; column < 2; ++column)
          canvas.fill(Path::rectangle(x + 8 + column * (width - 16) * 0.55, y, (width - 16) * 0.42, 11), window);
      x += width + random.between(2, 6);
    }
  }
}

void draw_forest(Stage& stage, Random& random) {
  Canvas& canvas = stage.canvas;
  cover_gradient(canvas, {rgb(0xc4ecac), rgb(0x94d488), rgb(0x4c9c58)});
  for (int i = 0; i < 5; ++i) {
    const double x = 14 + i * 57 + random.between(-12, 12), w = random.between(16, 24);
    canvas.fill(Path()
                    .move({x - w / 2, -4})
                    .curve({x - w / 2, 100}, {x - w * 0.6, 200}, {x - w, kSize})
                    .line({x + w, kSize})
                    .curve({x + w * 0.6, 200}, {x + w / 2, 100}, {x + w / 2, -4})
                    .close(),
                i % 2 == 0 ? rgb(0x7c5c40) : rgb(0x94744c));
  }
  for (int row = 0; row < 2; ++row)
    for (int i = 0; i < 7; ++i)
      canvas.fill(Path::ellipse({i * 43.0 + random.between(-8, 8), 8 + (1 - row) * 24 + random.between(-6, 6)}, 34, 26),
                  row == 0 ? rgb(0x5cac54) : rgb(0x2f8044));
  fill_below(canvas, {226, 216, 228, 214, 224}, rgb(0x2f7c40));
}

void draw_beach(Stage& stage, Random& random) {
  Canvas& canvas = stage.canvas;
  cover_gradient(canvas, {rgb(0x54b0f4), rgb(0xb4e4ff), rgb(0xe8faff)});
  draw_cloud(canvas, {beside_figure(random), random.between(40, 84)}, random.between(70, 96), kWhite);
  canvas.fill(Path::rectangle(0, 136, kSize, 130),
              Paint::linear({0, 136}, {0, 210}, {rgb(0x1c7cd0), rgb(0x34b4dc), rgb(0x7ce4e0)}));
  const double tide = random.between(-5, 5);
  fill_below(canvas, {198 + tide, 206 + tide, 196 + tide, 206 + tide, 198 + tide}, kWhite);
  fill_below(canvas, {206 + tide, 213 + tide, 203 + tide, 214 + tide, 206 + tide}, rgb(0xf8dca0));
}

void draw_room(Stage& stage, Random& random) {
  Canvas& canvas = stage.canvas;
  canvas.cover(Paint::linear({0, 0}, {0, kSize}, {rgb(0xf8e4cc), rgb(0xf0d4b8)}));
  canvas.fill(Path::rectangle(0, 206, kSize, 60), rgb(0xb4845c));
  canvas.fill(Path::rectangle(0, 200, kSize, 8), rgb(0x8c5c3c));
  const bool window_left = random.chance(0.5);
  const double x = window_left ? -8 : 182;
  canvas.fill(Path::rectangle(x - 5, 28, 92, 112), rgb(0x8c5c3c));
  canvas.fill(Path::rectangle(x + 2, 35, 78, 98), Paint::linear({0, 35}, {0, 133}, {rgb(0x6cbcf8), rgb(0xdcf4ff)}));
  canvas.fill(Path::rectangle(x + 38, 35, 6, 98), rgb(0x8c5c3c));
  canvas.fill(Path::rectangle(x + 2, 80, 78, 6), rgb(0x8c5c3c));
  const double shelf = window_left ? 190 : -6;
  canvas.fill(Path::rectangle(shelf, 52, 72, 160), rgb(0x7c4c30));
  for (int row = 0; row < 3; ++row) {
    canvas.fill(Path::rectangle(shelf + 6, 60 + row * 49, 60, 42), rgb(0x4c2c20));
    constexpr std::uint32_t kBooks[] = {0xd8504c, 0x4c84d8, 0xf0c050, 0x5cac6c, 0xf0ece0};
    double book = shelf + 8;
    for (int i = random.below(5); book < shelf + 56; ++i) {
      const double width = random.between(10, 14), height = random.between(28, 38);
      canvas.fill(Path::rectangle(book, 102 + row * 49 - height, width, height), rgb(kBooks[i % 5]));
      book += width + 1.5;
    }
  }
}

/// A bough that reaches in from an upper corner, with clusters of leaves or blossoms.
void draw_boughs(Stage& stage, Random& random, Color bark, std::initializer_list<Color> leaves) {
  Canvas& canvas = stage.canvas;
  for (double side : {-1.0, 1.0}) {
    const auto at = [&](double x, double y) { return Point{128 + side * x, y}; };
    const double sag = random.between(-8, 8);
    canvas.fill(Path::taper(at(150, 96 + sag), at(110, 30 + sag), at(20, 10), 8, 14, 3), bark);
    for (Color leaf : leaves)
      for (int i = 0; i < 6; ++i)
        canvas.fill(Path::ellipse(
                        at(20 + i * 21 + random.between(-9, 9), 8 + i * i * 1.9 + random.between(-14, 14) + sag * 0.5),
                        random.between(14, 21), random.between(12, 17)),
                    leaf);
  }
}

void draw_cherry_blossoms(Stage& stage, Random& random) {
  cover_gradient(stage.canvas, {rgb(0x9cd8fc), rgb(0xd8efff), rgb(0xffe4f0)});
  draw_boughs(stage, random, rgb(0x6c4440), {rgb(0xf884b0), rgb(0xffa8c8), rgb(0xffd0e2)});
}

void draw_autumn(Stage& stage, Random& random) {
  cover_gradient(stage.canvas, {rgb(0xfbe8c0), rgb(0xf6d498), rgb(0xe8a860)});
  draw_boughs(stage, random, rgb(0x5c3828), {rgb(0xb43c1c), rgb(0xe0662c), rgb(0xf4a43c)});
  fill_below(stage.canvas, {222, 232, 220, 230, 222}, rgb(0xb05a28));
}

void draw_snow(Stage& stage, Random& random) {
  Canvas& canvas = stage.canvas;
  cover_gradient(canvas, {rgb(0x7c98c4), rgb(0xb4cae4), rgb(0xdce8f4)});
  for (int i = 0; i < 4; ++i) {  // firs
    const double x = (i < 2 ? 26 : 176) + (i % 2) * 52 + random.between(-8, 8), y = random.between(110, 130);
    for (int tier = 0; tier < 3; ++tier) {
      const double top = y + tier * 26, w = 16 + tier * 8;
      canvas.fill(Path::polygon({{x, top}, {x + w, top + 44}, {x - w, top + 44}}), rgb(0x5c80a0));
      canvas.fill(Path::polygon({{x, top}, {x + w * 0.5, top + 18}, {x, top + 14}, {x - w * 0.5, top + 18}}), kWhite);
    }
  }
  fill_below(canvas, {206, 216, 204, 218, 208}, rgb(0xf6faff));
}

void draw_rain(Stage& stage, Random& random) {
  cover_gradient(stage.canvas, {rgb(0x4c586c), rgb(0x74849a), rgb(0x94a4b4)});
  draw_cloud(stage.canvas, {random.between(30, 80), 24}, 150, rgb(0x3c4658));
  draw_cloud(stage.canvas, {random.between(180, 230), 32}, 150, rgb(0x424e60));
  fill_below(stage.canvas, {226, 230, 226, 230, 226}, rgb(0x5c6c80));
}

}  // namespace

void draw_background(Stage& stage) {
  Random random = stage.random(Layer::kBackground);
  switch (stage.who.background) {
    case Background::kSimple: return draw_simple(stage);
    case Background::kBlueSky: return draw_blue_sky(stage, random);
    case Background::kNightSky: return draw_night_sky(stage, random);
    case Background::kSunset: return draw_sunset(stage, random);
    case Background::kCity: return draw_city(stage, random);
    case Background::kForest: return draw_forest(stage, random);
    case Background::kBeach: return draw_beach(stage, random);
    case Background::kRoom: return draw_room(stage, random);
    case Background::kCherryBlossoms: return draw_cherry_blossoms(stage, random);
    case Background::kSnow: return draw_snow(stage, random);
    case Background::kRain: return draw_rain(stage, random);
    case Background::kAutumn: return draw_autumn(stage, random);
  }
}

void draw_weather(Stage& stage) {
  Random random = stage.random(Layer::kWeather);
  Canvas& canvas = stage.canvas;
  const auto hides_face = [&](Point at) {
    return std::hypot(at.x - stage.head.x, at.y - stage.head.y - 12 * stage.scale) < 66 * stage.scale;
  };
  const auto scatter = [&](int count, auto draw) {  // one in each cell of a grid, so that they never bunch up
    for (int i = 0; i < count; ++i) {
      const double cell = kSize / 4;
      const Point at{(i % 4 + random.unit()) * cell, (i / 4 + random.unit()) * kSize / ((count + 3) / 4)};
      if (!hides_face(at)) draw(at);
    }
  };
  const auto leaf = [&](Point at, Color color) {
    canvas.fill(Path::ellipse(at, random.between(5.5, 7.5), random.between(3.4, 4.4), random.between(0, 3)), color);
  };
  switch (stage.who.background) {
    case Background::kSnow:
      return scatter(28, [&](Point at) {
        const double r = random.between(2.4, 4.6);
        canvas.fill(Path::ellipse(at, r, r), faded(kWhite, 0.95));
      });
    case Background::kRain:
      return scatter(24, [&](Point at) {
        canvas.fill(Path::taper(at, {at.x - 3, at.y + 14}, {at.x - 6, at.y + 30}, 1.3, 0.4, 1.6),
                    Color{0.86, 0.93, 1, 0.75});
      });
    case Background::kCherryBlossoms: return scatter(20, [&](Point at) { leaf(at, rgb(0xff8cb4)); });
    case Background::kAutumn: return scatter(16, [&](Point at) { leaf(at, rgb(0xd8541c)); });
    default: return;
  }
}

}  // namespace fude::painter
