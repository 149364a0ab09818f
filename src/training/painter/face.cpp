#include "training/painter/stage.h"

namespace fude::painter {
namespace {

Path face_outline(const Stage& stage) {
  const double chin = (stage.is_girl() ? 57 : 60) * (1 + stage.flaws.face_stretch);
  const double jaw = stage.is_girl() ? 0 : 3;
  const double x = stage.yaw * 2.5;  // the chin turns with the face
  return Path()
      .move({-46, -34})
      .curve({-47.5, -12}, {-47.5, 6}, {-44.5, 20})
      .curve({-42 - jaw, 35}, {-26 - jaw + x, 47}, {-9 + x, chin - 2.5})
      .curve({-4 + x, chin + 0.5}, {4 + x, chin + 0.5}, {9 + x, chin - 2.5})
      .curve({26 + jaw + x, 47}, {42 + jaw, 35}, {44.5, 20})
      .curve({47.5, 6}, {47.5, -12}, {46, -34})
      .curve({38, -70}, {-38, -70}, {-46, -34})
      .close();
}

void draw_ears(Stage& stage) {
  Canvas& canvas = stage.canvas;
  for (double side : {-1.0, 1.0}) {
    Path ear = Path::smooth({{42, 4}, {51, -1}, {55, 8}, {51, 21}, {43, 25}});
    Path fold = Path::taper({46, 7}, {52, 7}, {48, 18}, 1.2);
    canvas.inked(side < 0 ? ear.mirrored() : ear, stage.skin.base, stage.skin.ink, kLine);
    canvas.fill(side < 0 ? fold.mirrored() : fold, stage.skin.shade);
  }
}

/// The bangs' shadow on the forehead: their own edge, moved down a little.
void draw_bangs_shadow(Stage& stage) {
  const std::vector<Point> edge = bangs_edge(stage);
  Path shadow;
  shadow.move(edge.front());
  trace_locks(shadow, edge);
  shadow.line({70, -90}).line({-70, -90}).close();
  stage.canvas.fill(shadow.moved(1.5, 6), faded(stage.skin.shade, 0.85));
}

void draw_blush(Stage& stage) {
  if (stage.who.blush == Blush::kNone) return;
  const bool deep = stage.who.expression == Expression::kEmbarrassed;
  const Color color = stage.who.skin == Skin::kDark ? rgb(0xd8403c) : rgb(0xff5c6c);
  for (double side : {-1.0, 1.0}) {
    const Point at{side * 29 + stage.yaw * 3, 33};
    const double rx = deep ? 17 : 14, ry = deep ? 11 : 8.5;
    stage.canvas.placed(at, 0, rx, ry, [&] {
      stage.canvas.fill(Path::ellipse({0, 0}, 1, 1),
                        Paint::radial({0, 0}, 0, 1, {faded(color, 0.8), faded(color, 0.62), faded(color, 0)}));
    });
    for (int i = -1; i <= 1; ++i) {
      const double x = at.x + i * 5.5;
      stage.canvas.fill(Path::taper({x + 1.6, 30}, {x, 33}, {x - 1.6, 36.5}, 1.1, 0.8, 0.8), rgb(0xe2445c));
    }
  }
  if (!deep) return;
  const Color veil = faded(color, 0.34);  // across the nose as well
  stage.canvas.fill(Path::rectangle(-46, 18, 92, 24),
                    Paint::linear({0, 18}, {0, 42}, {faded(veil, 0), veil, faded(veil, 0)}));
}

void draw_open_mouth(Stage& stage, double x) {
  Canvas& canvas = stage.canvas;
  const Color ink = rgb(0x7c2430);
  const Path mouth = Path()
                         .move({x - 11.5, 37})
                         .curve({x - 5, 39}, {x + 5, 39}, {x + 11.5, 37})
                         .curve({x + 11, 46}, {x + 6, 52}, {x, 52})
                         .curve({x - 6, 52}, {x - 11, 46}, {x - 11.5, 37})
                         .close();
  canvas.inked(mouth, rgb(0xb8324a), ink, 1.7, [&] {
    canvas.fill(Path::ellipse({x, 52}, 8, 6), rgb(0xff8c94));
    canvas.fill(Path::rectangle(x - 12, 33, 24, 7.4), kWhite);
  });
}

void draw_mouth(Stage& stage) {
  Canvas& canvas = stage.canvas;
  const double x = stage.yaw * 3.6;
  const Color ink = mix(stage.skin.ink, rgb(0x8a1c30), 0.5);
  const auto line = [&](Point from, Point bend, Point to, double width) {
    canvas.fill(Path::taper(from, bend, to, width, 1.2, 1.2), ink);
  };
  switch (stage.who.expression) {
    case Expression::kSmile:
    case Expression::kWink:
    case Expression::kClosedEyes: return line({x - 10, 40}, {x, 48.5}, {x + 10, 40}, 2.1);
    case Expression::kOpenMouth: return draw_open_mouth(stage, x);
    case Expression::kAngry: return line({x - 9, 46}, {x, 37}, {x + 9, 46}, 2.3);
    case Expression::kExpressionless: return line({x - 6.5, 43}, {x, 43}, {x + 6.5, 43}, 2.1);
    case Expression::kSurprised:
      return canvas.inked(Path::ellipse({x, 44}, 5, 6.8), rgb(0xb8324a), rgb(0x7c2430), 1.7, [&] {
        canvas.fill(Path::ellipse({x, 51}, 5, 4), rgb(0xff8c94));
      });
    case Expression::kCrying:
      return canvas.inked(Path::smooth({{x - 9, 47.5}, {x - 5, 41}, {x, 39.5}, {x + 5, 41}, {x + 9, 47.5}, {x, 45.5}}),
                          rgb(0xb8324a), rgb(0x7c2430), 1.7);
    case Expression::kEmbarrassed:
      return canvas.stroke(
          Path::smooth({{x - 11, 43}, {x - 5.5, 40}, {x, 44.5}, {x + 5.5, 40}, {x + 11, 43}}, false, 0.9), ink, 2.2);
  }
}

}  // namespace

void draw_face(Stage& stage) {
  Canvas& canvas = stage.canvas;
  draw_ears(stage);
  const Path face = face_outline(stage);
  canvas.inked(face, stage.skin.base, stage.skin.ink, kLine, [&] {
    canvas.fill(Path().move({48, -40}).curve({30, 10}, {40, 36}, {6, 62}).line({60, 62}).line({60, -40}).close(),
                faded(stage.skin.shade, 0.45));
    draw_blush(stage);
    draw_bangs_shadow(stage);
  });
  const double x = stage.yaw * 4.5;
  canvas.fill(Path::taper({x - 0.6, 27.5}, {x + 2.4, 30}, {x - 0.4, 32}, 1.2, 0.4, 0.4),
              mix(stage.skin.shade, stage.skin.ink, 0.5));
  draw_mouth(stage);
}

}  // namespace fude::painter
