#include "training/painter/stage.h"

namespace fude::painter {
namespace {

/// How the expression shapes the eyes and brows. Angles in radians; positive turns the outer corner down.
struct Look {
  double turn = 0;
  double droop = 0;  // the upper lid comes down by this much
  double size = 1;
  double iris = 1;
  double brow_lift = 0;
  double brow_turn = 0;
};

Look look_of(Expression expression) {
  switch (expression) {
    case Expression::kAngry: return {.turn = -0.17, .droop = 4, .brow_lift = -4, .brow_turn = -0.42};
    case Expression::kCrying: return {.turn = 0.1, .droop = 1, .brow_lift = 1, .brow_turn = 0.34};
    case Expression::kSurprised: return {.size = 1.08, .iris = 0.74, .brow_lift = 6, .brow_turn = 0.05};
    case Expression::kExpressionless: return {.droop = 9, .brow_lift = -1, .brow_turn = 0};
    case Expression::kEmbarrassed: return {.turn = 0.05, .droop = 2, .brow_lift = 1, .brow_turn = 0.28};
    case Expression::kClosedEyes: return {.brow_lift = 2, .brow_turn = 0.08};
    default: return {.brow_turn = 0.04};
  }
}

/// One eye, drawn with its outer corner towards +x; `side` -1 for the one that the frame has mirrored.
struct Eye {
  Stage& stage;
  Look look;
  double side;
  double tall;  // height against the girls' eye
  Color lash;

  double top() const { return -17 * tall + look.droop; }

  Path opening() const {
    const double t = top(), b = 16 * tall;
    return Path()
        .move({-13, -1 + look.droop * 0.4})
        .curve({-10, t * 0.78}, {-4, t}, {3, t})
        .curve({9.5, t}, {13.5, t * 0.5}, {15, -1 + look.droop * 0.25})
        .curve({13.5, b * 0.55}, {8, b}, {0.5, b})
        .curve({-7, b}, {-12, b * 0.5}, {-13, -1 + look.droop * 0.4})
        .close();
  }

  void draw_iris() const {
    Canvas& canvas = stage.canvas;
    const auto [dark, bright] = eye_tones(stage.who.eye_color);
    const Color deep = mix(dark, kNightInk, 0.62);
    const double gaze = stage.who.gaze == Gaze::kSide ? 5.2 : 0.0;
    const Point at{side * gaze - (gaze == 0 ? 0.6 : 0), 0.5};
    const double rx = 11 * look.iris, ry = 15.8 * look.iris * tall;
    canvas.fill(Path::ellipse(at, rx, ry), deep);
    const Path inner = Path::ellipse({at.x, at.y + 0.4}, rx - 1.7, ry - 1.7);
    canvas.fill(inner, Paint::linear({0, at.y - ry}, {0, at.y + ry}, {deep, dark, bright, mix(bright, kWhite, 0.25)}));
    canvas.within(inner, [&, bright = bright] {
      canvas.fill(Path::ellipse({at.x, at.y + ry * 0.85}, rx * 0.8, ry * 0.42), faded(mix(bright, kWhite, 0.55), 0.75));
      canvas.fill(Path::ellipse({at.x, at.y - ry * 0.05}, rx * 0.38, ry * 0.4), deep);
    });
    const auto spark = [&](double x, double y, double r, double stretch) {
      canvas.fill(Path::ellipse({at.x + side * x * look.iris, at.y + y * look.iris * tall}, r, r * stretch), kWhite);
    };
    spark(-4.2, -7, 4.1, 1.15);
    spark(4.8, 6.5, 2.2, 1.1);
  }

  void draw_lashes() const {
    Canvas& canvas = stage.canvas;
    const double t = top(), low = -1 + look.droop * 0.3;
    const double thick = stage.is_girl() ? 4.2 : 3.2, wing = stage.is_girl() ? 4.6 : 2;
    canvas.fill(Path()
                    .move({-14.5, low + 1})
                    .curve({-12, t * 0.9}, {-5, t - thick * 0.8}, {3, t - thick})
                    .curve({11, t - thick}, {15 + wing * 0.4, t * 0.62}, {15 + wing, low - 4})
                    .curve({16, low - 2.5}, {15.6, low}, {14.6, low + 3})
                    .curve({12.5, t * 0.42}, {9, t + 1.2}, {2.5, t + 1.2})
                    .curve({-4, t + 1.2}, {-9, t * 0.72}, {-12, low + 1})
                    .close(),
                lash);
    canvas.fill(Path::taper({11.5, 9 * tall}, {8, 15.6 * tall}, {-1, 16.6 * tall}, 1.2, 1.6, 0.2), lash);
    const double crease = t - (stage.is_girl() ? 7.5 : 6.5);
    canvas.fill(Path::taper({-7, crease + 3}, {3, crease - 2.2}, {13, crease + 5}, 0.9), faded(lash, 0.7));
  }

  void draw_open() const {
    Canvas& canvas = stage.canvas;
    const Path hole = opening();
    canvas.fill(hole, rgb(0xfdfbff));
    canvas.within(hole, [&] {
      draw_iris();
      canvas.fill(Path::rectangle(-20, top() - 1, 40, 7 * tall), faded(rgb(0x3c2a6c), 0.3));  // the lid's shadow
    });
    draw_lashes();
  }

  /// A lid pressed shut, curving up as in laughter.
  void draw_closed() const {
    Canvas& canvas = stage.canvas;
    canvas.fill(Path::taper({-13.5, 9}, {0, -9.5}, {14.5, 8}, 3.1, 1, 2), lash);
    canvas.fill(Path::taper({11, 5}, {15, 5}, {18.5, 2}, 1.7, 2.2, 0), lash);
  }
};

void draw_tears(Stage& stage, double side) {
  Canvas& canvas = stage.canvas;
  const double x = side * 26 + stage.yaw * 3;
  const Path stream = Path()
                          .move({x - 5, 25})
                          .line({x + 5, 25})
                          .curve({x + 6, 36}, {x + 11 + side * 2, 44}, {x + 9 + side * 2, 52})
                          .curve({x + 6 + side * 2, 60}, {x - 6 + side * 2, 60}, {x - 9 + side * 2, 52})
                          .curve({x - 11 + side * 2, 44}, {x - 6, 36}, {x - 5, 25})
                          .close();
  canvas.inked(stream, faded(rgb(0x8ed6ff), 0.94), rgb(0x3c80c8), 1.5, [&] {
    canvas.fill(Path::taper({x - 2, 30}, {x - 4 + side, 42}, {x - 4 + side * 2, 52}, 2.4, 1.2, 0), kWhite);
  });
}

double eye_x(const Stage& stage, double side) { return side * (stage.is_girl() ? 23 : 22) + stage.yaw * 3.2; }

}  // namespace

void draw_eyes(Stage& stage) {
  const Look look = look_of(stage.who.expression);
  const Color lash = mix(mix(stage.hair.shade, kNightInk, 0.72), rgb(0x2a1018), 0.3);
  const bool far_is_left = stage.yaw < 0;
  for (double side : {-1.0, 1.0}) {
    // A head turned to one side shows the eye on that side a little narrower.
    const double turned = (side < 0) == far_is_left ? 1 - 0.12 * std::abs(stage.yaw) : 1;
    const double size = 1.1 * look.size * (1 + (side > 0 ? stage.flaws.eye_growth : 0));
    const double drop = side > 0 ? stage.flaws.eye_drop : 0;
    const Eye eye{stage, look, side, stage.is_girl() ? 1.0 : 0.8, lash};
    const bool is_shut =
        stage.who.expression == Expression::kClosedEyes || (stage.who.expression == Expression::kWink && side > 0);
    stage.canvas.placed({eye_x(stage, side), 14.5 + drop}, side * look.turn, side * turned * size, size,
                        [&] { is_shut ? eye.draw_closed() : eye.draw_open(); });
    if (stage.who.expression == Expression::kCrying) draw_tears(stage, side);
  }
}

void draw_brows(Stage& stage, double opacity) {
  const Look look = look_of(stage.who.expression);
  const double thick = stage.is_girl() ? 2.1 : 3.0;
  const double y = (stage.is_girl() ? -12.5 : -9.5) - look.brow_lift;
  const Color color = faded(mix(stage.hair.shade, stage.hair.ink, 0.6), opacity);
  for (double side : {-1.0, 1.0})
    stage.canvas.placed({eye_x(stage, side), y}, side * look.brow_turn, side, 1, [&] {
      stage.canvas.fill(Path::taper({-11, 1}, {1, -4.5}, {13, 2.5}, thick, 1.8, 0.3), color);
    });
}

void draw_glasses(Stage& stage) {
  if (stage.who.glasses == Glasses::kNone) return;
  Canvas& canvas = stage.canvas;
  const Color frame = rgb(0x2c2438);
  const double x = stage.yaw * 3.4, y = 17;
  for (double side : {-1.0, 1.0}) {
    const double cx = x + side * 22.5;
    const Path lens = Path::smooth({{cx - 17, y - 11},
                                    {cx, y - 15},
                                    {cx + 17, y - 11},
                                    {cx + 17.5, y + 6},
                                    {cx + 9, y + 16},
                                    {cx - 9, y + 16},
                                    {cx - 17.5, y + 6}},
                                   true, 0.7);
    canvas.within(lens, [&] {
      canvas.fill(Path::polygon({{cx - 2, y - 18}, {cx + 7, y - 18}, {cx - 8, y + 20}, {cx - 17, y + 20}}),
                  faded(kWhite, 0.22));
    });
    canvas.stroke(lens, frame, 2.7);
    canvas.fill(Path::taper({cx + side * 17, y - 4}, {cx + side * 22, y - 7}, {cx + side * 27, y - 7}, 1.6, 2.6, 1.6),
                frame);
  }
  canvas.stroke(Path::smooth({{x - 5.5, y - 3}, {x, y - 6}, {x + 5.5, y - 3}}, false), frame, 2.5);
}

}  // namespace fude::painter
