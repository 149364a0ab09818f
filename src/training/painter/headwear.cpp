#include <cmath>
#include <numbers>

#include "training/painter/clothes.h"

namespace fude::painter {
namespace {

const Tones kGold = tones(rgb(0xffd648), rgb(0xd48e24));

void draw_pointed_ears(Stage& stage, const Path& ear, const Path& inside, Color lining) {
  Canvas& canvas = stage.canvas;
  on_both_sides([&](double side) {
    canvas.inked(sided(ear, side), stage.hair.base, stage.hair.ink, kLine,
                 [&] { canvas.fill(sided(inside, side), lining); });
  });
}

void draw_rabbit_ears(Stage& stage) {
  Canvas& canvas = stage.canvas;
  on_both_sides([&](double side) {
    const Path ear = Path::smooth({{13, -58}, {13, -92}, {21, -118}, {32, -120}, {40, -98}, {37, -56}}, true, 0.7);
    const Path inside = Path::smooth({{20, -58}, {20, -90}, {25, -108}, {30, -108}, {33, -92}, {31, -58}}, true, 0.7);
    canvas.inked(sided(ear, side), rgb(0xfdfbfd), rgb(0x6c5c7c), kLine,
                 [&] { canvas.fill(sided(inside, side), rgb(0xffaebf)); });
  });
}

void draw_halo(Stage& stage) {
  Canvas& canvas = stage.canvas;
  const Path ring = Path::ellipse({0, -90}, 40, 11);
  canvas.stroke(ring, Color{1, 0.96, 0.66, 0.5}, 13);
  canvas.stroke(ring, rgb(0xd8942c), 7.5);
  canvas.stroke(ring, rgb(0xfff0a0), 4.6);
}

void draw_horns(Stage& stage) {
  Canvas& canvas = stage.canvas;
  const Tones horn = tones(rgb(0x8c3048), rgb(0x501830));
  on_both_sides([&](double side) {
    canvas.inked(sided(Path()
                           .move({24, -62})
                           .curve({26, -84}, {40, -96}, {58, -106})
                           .curve({64, -86}, {60, -64}, {46, -48})
                           .close(),
                       side),
                 horn.base, horn.ink, kLine, [&] {
                   canvas.fill(sided(Path::taper({34, -66}, {38, -84}, {54, -98}, 3.4), side), faded(horn.light, 0.7));
                 });
  });
}

void draw_beret(Stage& stage) {
  Canvas& canvas = stage.canvas;
  const Tones& cloth = stage.headwear;
  const Path cap = Path::smooth(
      {{-60, -38}, {-74, -60}, {-54, -88}, {-8, -100}, {42, -88}, {62, -58}, {52, -42}, {20, -56}, {-24, -54}}, true,
      0.6);
  canvas.inked(cap, cloth.base, cloth.ink, kLine, [&] {
    canvas.fill(Path::smooth({{-64, -36}, {-30, -62}, {20, -64}, {60, -60}, {70, -30}, {20, -40}}),
                faded(cloth.shade, 0.75));
    canvas.fill(Path::taper({-52, -70}, {-40, -86}, {-10, -90}, 5), faded(cloth.light, 0.55));
  });
  canvas.inked(Path::taper({-7, -97}, {-7, -105}, {-3, -110}, 3, 4.5, 4.5), cloth.base, cloth.ink, 1.8);
}

void draw_brim(Stage& stage, const Tones& straw, double half_width) {
  Canvas& canvas = stage.canvas;
  const double w = half_width;
  const Path brim = Path::smooth(
      {{-w, -30}, {-w * 0.72, -52}, {0, -66}, {w * 0.72, -52}, {w, -30}, {w * 0.64, -32}, {0, -46}, {-w * 0.64, -32}},
      true, 0.75);
  canvas.inked(brim, straw.base, straw.ink, kLine, [&] {
    canvas.fill(Path::smooth({{-w - 4, -26}, {-w * 0.6, -40}, {0, -52}, {w * 0.6, -40}, {w + 4, -26}, {0, -20}}),
                faded(straw.shade, 0.7));
  });
}

void draw_straw_hat(Stage& stage) {
  Canvas& canvas = stage.canvas;
  const Tones straw = tones(rgb(0xf6d98c), rgb(0xcb9c4c)), ribbon = tones(rgb(0xd83c44), rgb(0x902038));
  const Path crown = Path::smooth({{-46, -50}, {-42, -84}, {-20, -102}, {20, -102}, {42, -84}, {46, -50}}, true, 0.7);
  canvas.inked(crown, straw.base, straw.ink, kLine, [&] {
    canvas.fill(Path().move({14, -110}).curve({28, -84}, {26, -66}, {24, -40}).line({60, -40}).line({60, -110}).close(),
                faded(straw.shade, 0.6));
    canvas.fill(Path::taper({-30, -76}, {-28, -92}, {-10, -97}, 4), faded(straw.light, 0.8));
  });
  canvas.inked(Path::smooth({{-47, -50}, {-45, -70}, {0, -80}, {45, -70}, {47, -50}, {0, -60}}, true, 0.5), ribbon.base,
               ribbon.ink, 1.9);
  draw_brim(stage, straw, 100);
}

void draw_witch_hat(Stage& stage) {
  Canvas& canvas = stage.canvas;
  const Tones& cloth = stage.headwear;
  const bool is_yellow = stage.who.headwear_color == ClothColor::kYellow;
  const Tones band = is_yellow ? tones(rgb(0x8c5ec6), rgb(0x563692)) : kGold;
  const Path cone = Path()
                        .move({-46, -48})
                        .curve({-34, -84}, {-20, -124}, {10, -134})
                        .curve({34, -140}, {56, -126}, {62, -108})
                        .curve({44, -116}, {30, -110}, {30, -98})
                        .curve({36, -80}, {42, -66}, {46, -48})
                        .close();
  canvas.inked(cone, cloth.base, cloth.ink, kLine, [&] {
    canvas.fill(
        Path().move({14, -140}).curve({14, -100}, {22, -80}, {22, -40}).line({80, -40}).line({80, -140}).close(),
        faded(cloth.shade, 0.7));
    canvas.fill(Path::taper({-24, -80}, {-16, -106}, {4, -122}, 4), faded(cloth.light, 0.55));
  });
  canvas.inked(Path::smooth({{-47, -48}, {-42, -66}, {0, -76}, {42, -66}, {47, -48}, {0, -58}}, true, 0.5), band.base,
               band.ink, 1.9);
  draw_brim(stage, cloth, 98);
}

void draw_crown(Stage& stage) {
  Canvas& canvas = stage.canvas;
  const Path crown = Path()
                         .move({-33, -60})
                         .line({-41, -96})
                         .line({-19, -80})
                         .line({0, -106})
                         .line({19, -80})
                         .line({41, -96})
                         .line({33, -60})
                         .curve({12, -68}, {-12, -68}, {-33, -60})
                         .close();
  canvas.inked(crown, kGold.base, kGold.ink, kLine, [&] {
    canvas.fill(Path::polygon({{10, -110}, {50, -110}, {50, -50}, {14, -50}}), faded(kGold.shade, 0.6));
    canvas.fill(Path::taper({-28, -68}, {-32, -78}, {-32, -86}, 3), faded(kWhite, 0.7));
  });
  for (const Point at : {Point{-41, -97}, Point{0, -107}, Point{41, -97}})
    canvas.inked(Path::ellipse(at, 5, 5), rgb(0xf0506c), kGold.ink, 1.7);
  canvas.inked(Path::ellipse({0, -77}, 5.5, 6.5), rgb(0x4ca4f4), kGold.ink, 1.7);
}

void draw_headphones(Stage& stage) {
  Canvas& canvas = stage.canvas;
  const Tones& shell = stage.headwear;
  const Path band = Path().move({-63, -4}).curve({-70, -100}, {70, -100}, {63, -4});
  canvas.stroke(band, shell.ink, 11);
  canvas.stroke(band, shell.base, 7);
  on_both_sides([&](double side) {
    canvas.inked(Path::ellipse({side * 61, 8}, 13, 22, -side * 0.06), shell.base, shell.ink, kLine, [&] {
      canvas.fill(Path::ellipse({side * 61 + 6, 14}, 12, 20), faded(shell.shade, 0.7));
      canvas.fill(Path::ellipse({side * 61 - 4, 0}, 3, 7), faded(shell.light, 0.9));
    });
  });
}

void draw_hairband(Stage& stage) {
  const Path band = Path().move({-58, -14}).curve({-56, -78}, {56, -78}, {58, -14});
  stage.canvas.stroke(band, stage.headwear.ink, 12.5);
  stage.canvas.stroke(band, stage.headwear.base, 8.5);
  stage.canvas.stroke(Path().move({-48, -40}).curve({-38, -58}, {-22, -64}, {-6, -64}),
                      faded(stage.headwear.light, 0.8), 2.4);
}

void draw_flower(Stage& stage) {
  Canvas& canvas = stage.canvas;
  const Point at{-43, -40};
  for (int petal = 0; petal < 5; ++petal)
    canvas.placed(at, petal * 1.2566 + 0.3, 1, 1, [&] {
      canvas.inked(Path::smooth({{0, -2}, {-9.5, -12}, {-6, -22}, {6, -22}, {9.5, -12}}, true, 0.7),
                   stage.headwear.base, stage.headwear.ink, 1.8);
    });
  canvas.inked(Path::ellipse(at, 6, 6), stage.who.headwear_color == ClothColor::kYellow ? rgb(0xf08030) : rgb(0xffe480),
               rgb(0xa86c20), 1.6);
}

void draw_head_bow(Stage& stage) {
  switch (stage.who.hair_style) {
    case HairStyle::kTwintails:
      return on_both_sides([&](double side) { draw_bow(stage.canvas, {side * 54, -46}, 0.72, stage.headwear); });
    case HairStyle::kPonytail: return draw_bow(stage.canvas, {16, -74}, 1.15, stage.headwear);
    default: return draw_bow(stage.canvas, {36, -60}, 1.1, stage.headwear);
  }
}

void draw_maid_headdress(Stage& stage) {
  Canvas& canvas = stage.canvas;
  const Tones lace = tones(rgb(0xfcfbfe), rgb(0xcccde2));
  for (int i = 0; i < 7; ++i) {
    const double angle = std::numbers::pi * (1.2 + 0.6 * i / 6);
    canvas.inked(Path::ellipse({62 * std::cos(angle), -12 + 64 * std::sin(angle)}, 10.5, 10.5), lace.base, lace.ink,
                 1.7);
  }
  const Path band = Path().move({-51, -40}).curve({-32, -72}, {32, -72}, {51, -40});
  canvas.stroke(band, lace.ink, 11);
  canvas.stroke(band, lace.base, 7.4);
}

}  // namespace

void draw_behind_head(Stage& stage) {
  if (stage.who.headwear == Headwear::kHalo) draw_halo(stage);
  if (stage.who.headwear == Headwear::kHorns) draw_horns(stage);
  const Color lining = rgb(0xffb4bc);
  switch (stage.who.ears) {
    case AnimalEars::kNone: return;
    case AnimalEars::kRabbit: return draw_rabbit_ears(stage);
    case AnimalEars::kCat:
      return draw_pointed_ears(stage, Path::smooth({{57, -26}, {63, -66}, {57, -97}, {36, -82}, {14, -58}}, true, 0.34),
                               Path::smooth({{52, -36}, {57, -66}, {53, -84}, {40, -74}, {26, -56}}, true, 0.34),
                               lining);
    case AnimalEars::kFox:
      return draw_pointed_ears(stage, Path::smooth({{62, -14}, {80, -70}, {78, -106}, {48, -92}, {16, -56}}, true, 0.3),
                               Path::smooth({{56, -22}, {72, -70}, {71, -88}, {50, -78}, {30, -54}}, true, 0.3),
                               rgb(0xfff6ea));
  }
}

void draw_headwear(Stage& stage) {
  switch (stage.who.headwear) {
    case Headwear::kNone:
      if (stage.who.clothes == Clothes::kMaid && stage.who.ears == AnimalEars::kNone) draw_maid_headdress(stage);
      return;
    case Headwear::kBow: return draw_head_bow(stage);
    case Headwear::kHairband: return draw_hairband(stage);
    case Headwear::kFlower: return draw_flower(stage);
    case Headwear::kBeret: return draw_beret(stage);
    case Headwear::kStrawHat: return draw_straw_hat(stage);
    case Headwear::kWitchHat: return draw_witch_hat(stage);
    case Headwear::kCrown: return draw_crown(stage);
    case Headwear::kHeadphones: return draw_headphones(stage);
    case Headwear::kHalo:
    case Headwear::kHorns: return;  // drawn behind the head
  }
}

}  // namespace fude::painter
