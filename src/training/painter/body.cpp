#include "training/painter/clothes.h"

namespace fude::painter {
namespace {

void draw_neck(Stage& stage) {
  Canvas& canvas = stage.canvas;
  const double w = stage.is_girl() ? 11 : 14;
  const Path neck = Path()
                        .move({-w, 40})
                        .line({-w, 70})
                        .curve({-w, 80}, {-w - 12, 84}, {-w - 34, 91})
                        .line({w + 34, 91})
                        .curve({w + 12, 84}, {w, 80}, {w, 70})
                        .line({w, 40})
                        .close();
  canvas.inked(neck, stage.skin.base, stage.skin.ink, kLine, [&] {
    canvas.fill(
        Path().move({-30, 30}).line({30, 30}).line({w + 1, 66}).curve({w, 76}, {-w + 4, 74}, {-w - 1, 62}).close(),
        faded(stage.skin.shade, 0.9));  // the chin's shadow
  });
}

void draw_garment(Stage& stage) {
  switch (stage.who.clothes) {
    case Clothes::kSerafuku: return draw_serafuku(stage);
    case Clothes::kBlazer: return draw_blazer(stage);
    case Clothes::kShirt: return draw_shirt(stage);
    case Clothes::kHoodie: return draw_hoodie(stage);
    case Clothes::kSweater: return draw_sweater(stage);
    case Clothes::kDress: return draw_dress(stage);
    case Clothes::kKimono: return draw_kimono(stage);
    case Clothes::kMaid: return draw_maid(stage);
    case Clothes::kGakuran: return draw_gakuran(stage);
    case Clothes::kArmor: return draw_armor(stage);
  }
}

/// What lies behind the neck.
void draw_garment_back(Stage& stage) {
  Canvas& canvas = stage.canvas;
  if (stage.who.clothes == Clothes::kHoodie) {
    const Path hood = Path::smooth({{-44, 96}, {-46, 70}, {-28, 56}, {0, 52}, {28, 56}, {46, 70}, {44, 96}});
    canvas.inked(hood, stage.cloth.shade, stage.cloth.ink, kLine);
  }
  if (stage.who.clothes == Clothes::kArmor) {
    const Path cape = Path()
                          .move({-34, 78})
                          .curve({-74, 82}, {-92, 120}, {-104, 290})
                          .line({104, 290})
                          .curve({92, 120}, {74, 82}, {34, 78})
                          .close();
    canvas.inked(cape, stage.cloth.base, stage.cloth.ink, kLine, [&] {
      canvas.fill(Path::polygon({{-60, 90}, {60, 90}, {84, 300}, {-84, 300}}), faded(stage.cloth.shade, 0.75));
    });
  }
}

}  // namespace

Path torso_outline(const Stage& stage) {
  const double s = stage.is_girl() ? 50 : 57, waist = stage.is_girl() ? 35 : 45;
  const Path right = Path()
                         .move({12, 74})
                         .curve({18, 84}, {s - 16, 86}, {s, 96})
                         .curve({s + 2, 110}, {s - 4, 128}, {s - 7, 136})
                         .curve({waist + 5, 156}, {waist, 170}, {waist, 184})
                         .curve({waist + 2, 206}, {s + 2, 226}, {s + 4, 300});
  Path whole = right;
  whole.line({-s - 4, 300})
      .curve({-s - 2, 226}, {-waist - 2, 206}, {-waist, 184})
      .curve({-waist, 170}, {-waist - 5, 156}, {-s + 7, 136})
      .curve({-s + 4, 128}, {-s - 2, 110}, {-s, 96})
      .curve({-s + 16, 86}, {-18, 84}, {-12, 74});
  return whole.close();
}

Path arm_outline(const Stage& stage, double width) {
  const double s = stage.is_girl() ? 48 : 55, w = 18 * width;
  return Path()
      .move({s - 16, 90})
      .curve({s - 2, 88}, {s + 12, 94}, {s + 16, 112})
      .curve({s + 20, 140}, {s + 14 + w * 0.5, 180}, {s + 12 + w * 0.6, 300})
      .line({s + 12 - w * 0.6, 300})
      .curve({s + 6 - w * 0.4, 200}, {s - 2, 160}, {s - 6, 130})
      .close();
}

void draw_neckline(Stage& stage, double half_width, double depth) {
  Canvas& canvas = stage.canvas;
  const Path opening = Path()
                           .move({-half_width, 70})
                           .line({half_width, 70})
                           .curve({half_width, 84}, {6, depth - 8}, {0, depth})
                           .curve({-6, depth - 8}, {-half_width, 84}, {-half_width, 70})
                           .close();
  canvas.fill(opening, stage.skin.base);
  canvas.within(opening, [&] {
    canvas.fill(Path::taper({-14, 84}, {-6, 87}, {-2, 92}, 1, 0.2, 0.4), stage.skin.shade);
    canvas.fill(Path::taper({14, 84}, {6, 87}, {2, 92}, 1, 0.2, 0.4), stage.skin.shade);
    const double w = stage.is_girl() ? 11 : 14;
    canvas.fill(
        Path().move({-30, 60}).line({30, 60}).line({w + 1, 66}).curve({w, 76}, {-w + 4, 74}, {-w - 1, 62}).close(),
        faded(stage.skin.shade, 0.9));
  });
}

void draw_plain_top(Stage& stage, const Tones& tones, double sleeve_width) {
  Canvas& canvas = stage.canvas;
  const Path arm = arm_outline(stage, sleeve_width);
  on_both_sides([&](double side) {
    canvas.inked(sided(arm, side), tones.base, tones.ink, kLine, [&] {
      canvas.fill(sided(Path()
                            .move({40, 120})
                            .curve({52, 150}, {54, 200}, {52, 300})
                            .line({side > 0 ? 66.0 : 58.0, 300})
                            .curve({62, 200}, {58, 150}, {46, 118})
                            .close(),
                        side),
                  faded(tones.shade, 0.8));
    });
  });
  canvas.inked(torso_outline(stage), tones.base, tones.ink, kLine, [&] {
    canvas.fill(Path()
                    .move({70, 90})
                    .curve({40, 110}, {48, 140}, {26, 170})
                    .curve({24, 210}, {36, 240}, {34, 300})
                    .line({90, 300})
                    .close(),
                faded(tones.shade, 0.62));
    canvas.fill(Path()
                    .move({-44, 132})
                    .curve({-40, 160}, {-32, 170}, {-28, 186})
                    .curve({-34, 170}, {-44, 160}, {-50, 130})
                    .close(),
                faded(tones.shade, 0.6));
  });
}

void draw_necktie(Stage& stage, double top) {
  Canvas& canvas = stage.canvas;
  const Tones& tie = stage.accent;
  canvas.inked(
      Path::smooth({{-5, top + 10}, {5, top + 10}, {11, top + 66}, {0, top + 80}, {-11, top + 66}}, true, 0.12),
      tie.base, tie.ink, 1.9, [&] { canvas.fill(Path::rectangle(2, top, 20, 90), faded(tie.shade, 0.7)); });
  canvas.inked(Path::smooth({{-9, top - 3}, {9, top - 3}, {6, top + 12}, {-6, top + 12}}, true, 0.25),
               mix(tie.base, tie.light, 0.25), tie.ink, 1.9);
}

void draw_bow(Canvas& canvas, Point at, double scale, const Tones& tones) {
  canvas.placed(at, 0, scale, scale, [&] {
    for (double side : {-1.0, 1.0}) {
      canvas.inked(
          sided(Path::smooth({{2, 3}, {10, 18}, {21, 29}, {14, 10}}, true, 0.3), side), tones.base, tones.ink, 2.1,
          [&] {
            canvas.fill(sided(Path::smooth({{2, 3}, {6, 16}, {14, 28}, {6, 26}}), side), faded(tones.shade, 0.7));
          });
    }
    for (double side : {-1.0, 1.0}) {
      const Path loop = Path::smooth({{2, -2}, {15, -15}, {26, -12}, {28, 3}, {22, 13}, {4, 5}}, true, 0.6);
      canvas.inked(sided(loop, side), tones.base, tones.ink, 2.1, [&] {
        canvas.fill(sided(Path::smooth({{0, 2}, {14, 2}, {30, 8}, {22, 18}, {2, 10}}), side), faded(tones.shade, 0.75));
        canvas.fill(Path::taper({side * 12, -9}, {side * 18, -12}, {side * 23, -7}, 2.2), faded(tones.light, 0.8));
      });
    }
    canvas.inked(Path::smooth({{-6, -5}, {6, -5}, {6, 7}, {-6, 7}}, true, 0.5), mix(tones.base, tones.light, 0.3),
                 tones.ink, 2.1);
  });
}

void draw_body(Stage& stage) {
  draw_garment_back(stage);
  draw_neck(stage);
  draw_garment(stage);
}

}  // namespace fude::painter
