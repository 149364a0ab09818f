#include "training/painter/clothes.h"

namespace fude::painter {
namespace {

const Tones kWhiteCloth = tones(rgb(0xfcfbfe), rgb(0xcccde2));
const Tones kSteel = tones(rgb(0xc4ccdc), rgb(0x7c88a4));

/// A row of round frills along a line.
void draw_frills(Canvas& canvas, Point from, Point to, int count, double radius, const Tones& tones) {
  for (int i = 0; i < count; ++i) {
    const double t = (i + 0.5) / count;
    canvas.inked(Path::ellipse({from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t}, radius, radius * 0.85),
                 tones.base, tones.ink, 1.6);
  }
}

void draw_bare_arms(Stage& stage) {
  Canvas& canvas = stage.canvas;
  on_both_sides([&](double side) {
    canvas.inked(sided(arm_outline(stage, 0.72), side), stage.skin.base, stage.skin.ink, kLine, [&] {
      canvas.fill(sided(Path()
                            .move({40, 120})
                            .curve({50, 150}, {52, 200}, {52, 300})
                            .line({58, 300})
                            .curve({58, 200}, {56, 150}, {46, 118})
                            .close(),
                        side),
                  faded(stage.skin.shade, 0.8));
    });
  });
}

}  // namespace

void draw_hoodie(Stage& stage) {
  Canvas& canvas = stage.canvas;
  draw_plain_top(stage, stage.cloth, 1.35);
  const Tones light{mix(stage.cloth.base, stage.cloth.light, 0.16), stage.cloth.shade, stage.cloth.light,
                    stage.cloth.ink};
  canvas.inked(Path::smooth({{-34, 190}, {34, 190}, {46, 232}, {-46, 232}}, true, 0.15), light.base, light.ink, 1.8);
  draw_neckline(stage, 17, 94);
  on_both_sides([&](double side) {  // the hood's rim lies round the neck like a thick scarf
    canvas.inked(
        sided(Path::smooth({{16, 62}, {34, 64}, {45, 80}, {34, 98}, {4, 110}, {0, 98}, {15, 86}}, true, 0.5), side),
        light.base, light.ink, kLine, [&] {
          canvas.fill(sided(Path::smooth({{0, 112}, {4, 100}, {24, 98}, {46, 78}, {50, 110}}), side),
                      faded(light.shade, 0.6));
        });
  });
  on_both_sides([&](double side) {
    const double x = side * 12;
    canvas.stroke(Path().move({x, 104}).curve({x + side, 118}, {x - side, 128}, {x + side * 2, 142}), light.ink, 4.4);
    canvas.stroke(Path().move({x, 104}).curve({x + side, 118}, {x - side, 128}, {x + side * 2, 142}), kWhite, 2.6);
  });
}

void draw_sweater(Stage& stage) {
  Canvas& canvas = stage.canvas;
  draw_plain_top(stage, stage.cloth, 1.18);
  for (double x : {-26.0, -13.0, 13.0, 26.0})
    canvas.fill(Path::taper({x * 0.95, 112}, {x, 180}, {x * 1.05, 300}, 1, 2, 2), faded(stage.cloth.shade, 0.6));
  const Path neck =
      Path::smooth({{-19, 56}, {0, 61}, {19, 56}, {24, 76}, {21, 90}, {0, 96}, {-21, 90}, {-24, 76}}, true, 0.45);
  canvas.inked(neck, mix(stage.cloth.base, stage.cloth.light, 0.14), stage.cloth.ink, kLine, [&] {
    canvas.fill(Path::rectangle(-30, 50, 60, 18), faded(stage.cloth.shade, 0.5));  // the chin's shadow
    for (double x : {-14.0, -5.0, 5.0, 14.0})
      canvas.fill(Path::taper({x * 0.9, 60}, {x, 76}, {x * 1.05, 94}, 1, 1.6, 1.6), faded(stage.cloth.shade, 0.8));
  });
}

void draw_dress(Stage& stage) {
  Canvas& canvas = stage.canvas;
  draw_bare_arms(stage);
  const Path torso = torso_outline(stage);
  canvas.inked(torso, stage.skin.base, stage.skin.ink, kLine, [&] {
    canvas.fill(Path().move({60, 90}).curve({44, 100}, {40, 110}, {40, 130}).line({70, 130}).close(),
                faded(stage.skin.shade, 0.6));
  });
  draw_neckline(stage, 15, 104);
  on_both_sides([&](double side) {
    canvas.inked(Path::taper({side * 34, 116}, {side * 33, 100}, {side * 27, 84}, 3, 6.5, 5.5), stage.cloth.base,
                 stage.cloth.ink, 1.6);
  });
  canvas.within(torso, [&] {
    const Path bodice = Path()
                            .move({-64, 118})
                            .curve({-30, 108}, {-14, 110}, {0, 118})
                            .curve({14, 110}, {30, 108}, {64, 118})
                            .line({90, 310})
                            .line({-90, 310})
                            .close();
    canvas.inked(bodice, stage.cloth.base, stage.cloth.ink, kLine, [&] {
      canvas.fill(Path()
                      .move({60, 110})
                      .curve({34, 130}, {36, 160}, {22, 184})
                      .curve({26, 220}, {36, 240}, {40, 300})
                      .line({90, 300})
                      .line({90, 110})
                      .close(),
                  faded(stage.cloth.shade, 0.65));
      canvas.fill(Path::taper({-38, 180}, {0, 190}, {38, 180}, 2, 2, 2), stage.cloth.ink);
    });
  });
  const Tones frill = stage.who.clothes_color == ClothColor::kWhite ? tones(rgb(0xe8e8f4), rgb(0xb4b4d0)) : kWhiteCloth;
  draw_frills(canvas, {-43, 116}, {0, 116}, 4, 7, frill);
  draw_frills(canvas, {0, 116}, {43, 116}, 4, 7, frill);
  draw_bow(canvas, {0, 126}, 0.82, stage.accent);
}

void draw_kimono(Stage& stage) {
  Canvas& canvas = stage.canvas;
  draw_plain_top(stage, stage.cloth, 2.1);
  const Color bloom = stage.who.clothes_color == ClothColor::kWhite || stage.who.clothes_color == ClothColor::kPink
                          ? rgb(0xf0648c)
                          : rgb(0xfff0f4);
  for (const Point at : {Point{-50, 138}, Point{53, 128}, Point{-64, 196}, Point{66, 186}})
    for (int petal = 0; petal < 5; ++petal)
      canvas.placed(at, petal * 1.2566, 1, 1, [&] { canvas.fill(Path::ellipse({0, -5.4}, 4.2, 5.2), bloom); });
  draw_neckline(stage, 18, 112);
  const Tones rim = stage.who.clothes_color == ClothColor::kWhite ? tones(rgb(0x6c84c8), rgb(0x4058a0)) : kWhiteCloth;
  const auto band = [&](double side, double grow, const Tones& cloth) {  // collars cross, the wearer's left on top
    canvas.inked(sided(Path()
                           .move({12, 66})
                           .line({22 + grow, 66})
                           .curve({30 + grow, 96}, {6 + grow, 124}, {-20 + grow, 166})
                           .line({-34, 166})
                           .curve({-8, 120}, {14, 96}, {12, 66})
                           .close(),
                       side),
                 cloth.base, cloth.ink, 1.9);
  };
  const Tones edge{mix(stage.cloth.base, stage.cloth.light, 0.22), stage.cloth.shade, stage.cloth.light,
                   stage.cloth.ink};
  for (double side : {-1.0, 1.0}) {
    band(side, 8, edge);
    band(side, 0, rim);
  }
  canvas.inked(Path::smooth({{-47, 152}, {47, 152}, {42, 200}, {-42, 200}}, true, 0.1), stage.accent.base,
               stage.accent.ink, kLine, [&] {
                 canvas.fill(Path::rectangle(16, 140, 50, 70), faded(stage.accent.shade, 0.6));
                 canvas.fill(Path::rectangle(-60, 172, 120, 7), stage.accent.light);
               });
}

void draw_maid(Stage& stage) {
  Canvas& canvas = stage.canvas;
  draw_plain_top(stage, stage.cloth, 1.1);
  const Path bib = Path()
                       .move({-27, 112})
                       .curve({-12, 120}, {12, 120}, {27, 112})
                       .curve({32, 140}, {30, 170}, {34, 184})
                       .line({44, 300})
                       .line({-44, 300})
                       .line({-34, 184})
                       .curve({-30, 170}, {-32, 140}, {-27, 112})
                       .close();
  canvas.inked(bib, kWhiteCloth.base, kWhiteCloth.ink, kLine, [&] {
    canvas.fill(Path::polygon({{12, 100}, {50, 100}, {60, 300}, {20, 300}}), faded(kWhiteCloth.shade, 0.6));
  });
  on_both_sides([&](double side) {
    draw_frills(canvas, {side * 30, 82}, {side * 58, 118}, 4, 9.5, kWhiteCloth);
    canvas.inked(Path::taper({side * 20, 80}, {side * 34, 96}, {side * 29, 126}, 6, 9, 9), kWhiteCloth.base,
                 kWhiteCloth.ink, 1.8);
    canvas.inked(sided(Path::smooth({{0, 86}, {12, 70}, {20, 70}, {26, 88}, {8, 100}}, true, 0.4), side),
                 kWhiteCloth.base, kWhiteCloth.ink, 1.8);
  });
  draw_bow(canvas, {0, 98}, 0.7, stage.cloth);
}

void draw_armor(Stage& stage) {
  Canvas& canvas = stage.canvas;
  draw_plain_top(stage, stage.cloth);
  const Tones gold = tones(rgb(0xf4cc58), rgb(0xb8842c));
  const Path plate = Path()
                         .move({-40, 96})
                         .curve({-20, 90}, {20, 90}, {40, 96})
                         .curve({50, 130}, {44, 156}, {32, 178})
                         .curve({12, 190}, {-12, 190}, {-32, 178})
                         .curve({-44, 156}, {-50, 130}, {-40, 96})
                         .close();
  canvas.inked(plate, Paint::linear({-30, 90}, {34, 190}, {kSteel.light, kSteel.base, kSteel.shade}), kSteel.ink, kLine,
               [&] {
                 canvas.fill(Path::taper({0, 92}, {2, 140}, {0, 190}, 1.4, 2.4, 2.4), kSteel.ink);
                 canvas.fill(Path::taper({-28, 108}, {-32, 130}, {-24, 152}, 4), faded(kWhite, 0.75));
               });
  canvas.inked(Path::smooth({{0, 112}, {12, 126}, {0, 142}, {-12, 126}}, true, 0.1), stage.cloth.base, gold.ink, 2);
  canvas.inked(Path::smooth({{-22, 66}, {0, 72}, {22, 66}, {30, 88}, {0, 100}, {-30, 88}}, true, 0.3), kSteel.base,
               kSteel.ink, kLine, [&] { canvas.fill(Path::rectangle(6, 60, 40, 50), faded(kSteel.shade, 0.6)); });
  on_both_sides([&](double side) {
    for (double y : {134.0, 116.0, 100.0})
      canvas.inked(Path::ellipse({side * (y > 130   ? 62
                                          : y > 110 ? 59
                                                    : 53),
                                  y},
                                 y > 110 ? 17 : 21, 15, side * 0.5),
                   Paint::linear({0, y - 16}, {0, y + 16}, {kSteel.light, kSteel.base, kSteel.shade}), kSteel.ink,
                   kLine);
    canvas.inked(Path::ellipse({side * 34, 92}, 6.5, 6.5), gold.base, gold.ink, 1.8);
  });
}

}  // namespace fude::painter
