#include "training/painter/clothes.h"

namespace fude::painter {
namespace {

const Tones kWhiteCloth = tones(rgb(0xfcfbfe), rgb(0xcccde2));
const Tones kNavyCloth = tones(rgb(0x2f4380), rgb(0x1d2a58));

/// The two points of a shirt collar.
void draw_collar_points(Stage& stage, const Tones& tones) {
  on_both_sides([&](double side) {
    stage.canvas.inked(sided(Path::smooth({{2, 88}, {12, 72}, {19, 70}, {27, 90}, {16, 101}}, true, 0.16), side),
                       tones.base, tones.ink, 1.9, [&] {
                         stage.canvas.fill(sided(Path::smooth({{2, 92}, {14, 84}, {28, 88}, {18, 106}}), side),
                                           faded(tones.shade, 0.5));
                       });
  });
}

}  // namespace

void draw_serafuku(Stage& stage) {
  Canvas& canvas = stage.canvas;
  draw_plain_top(stage, stage.cloth);
  draw_neckline(stage, 19, 124);
  // A white blouse has the classic navy collar, a coloured one a white collar with a stripe of its colour.
  const bool is_white = stage.who.clothes_color == ClothColor::kWhite;
  const Tones& collar = is_white ? kNavyCloth : kWhiteCloth;
  const Color stripe = is_white ? kWhite : stage.cloth.base;
  on_both_sides([&](double side) {
    const Path flap = Path()
                          .move({14, 66})
                          .curve({24, 72}, {40, 82}, {51, 96})
                          .curve({46, 112}, {26, 118}, {0, 134})
                          .curve({5, 112}, {16, 88}, {14, 66})
                          .close();
    canvas.inked(sided(flap, side), collar.base, collar.ink, kLine, [&] {
      canvas.fill(
          sided(Path().move({10, 130}).curve({24, 110}, {20, 90}, {14, 66}).line({0, 66}).line({0, 134}).close(), side),
          faded(collar.shade, 0.45));
      canvas.stroke(sided(Path().move({52, 90}).curve({42, 105}, {22, 110}, {-2, 127}), side), stripe, 2.6);
    });
  });
  draw_bow(canvas, {0, 128}, 1.0, stage.accent);
}

void draw_blazer(Stage& stage) {
  Canvas& canvas = stage.canvas;
  draw_plain_top(stage, stage.cloth, 1.08);
  const Path front = Path::smooth({{-18, 68}, {18, 68}, {28, 92}, {0, 176}, {-28, 92}}, true, 0.1);
  canvas.inked(front, kWhiteCloth.base, kWhiteCloth.ink, 1.6,
               [&] { canvas.fill(Path::rectangle(8, 60, 30, 130), faded(kWhiteCloth.shade, 0.6)); });
  draw_necktie(stage, 92);
  draw_collar_points(stage, kWhiteCloth);
  const Tones lapel{mix(stage.cloth.base, stage.cloth.light, 0.16), stage.cloth.shade, stage.cloth.light,
                    stage.cloth.ink};
  on_both_sides([&](double side) {
    canvas.inked(
        sided(
            Path::smooth({{17, 66}, {31, 78}, {42, 104}, {30, 111}, {34, 119}, {2, 182}, {1, 172}, {22, 112}, {24, 94}},
                         true, 0.14),
            side),
        lapel.base, lapel.ink, 1.9);
  });
  canvas.inked(Path::ellipse({4, 192}, 4.2, 4.2), rgb(0xf8d25c), rgb(0x7c5218), 1.6);
  canvas.inked(Path::ellipse({4, 216}, 4.2, 4.2), rgb(0xf8d25c), rgb(0x7c5218), 1.6);
}

void draw_shirt(Stage& stage) {
  Canvas& canvas = stage.canvas;
  draw_plain_top(stage, stage.cloth, 1.05);
  canvas.fill(Path::taper({10, 96}, {12, 180}, {12, 300}, 1.2, 2, 2), faded(stage.cloth.shade, 0.9));
  draw_neckline(stage, 15, 96);
  draw_necktie(stage, 90);
  draw_collar_points(
      stage, {mix(stage.cloth.base, stage.cloth.light, 0.2), stage.cloth.shade, stage.cloth.light, stage.cloth.ink});
}

void draw_gakuran(Stage& stage) {
  Canvas& canvas = stage.canvas;
  draw_plain_top(stage, stage.cloth, 1.08);
  canvas.fill(Path::taper({0, 86}, {0, 180}, {0, 300}, 1.2, 2, 2), stage.cloth.ink);
  canvas.inked(Path::smooth({{-20, 62}, {0, 70}, {20, 62}, {25, 82}, {0, 93}, {-25, 82}}, true, 0.3),
               mix(stage.cloth.base, stage.cloth.light, 0.18), stage.cloth.ink, kLine);
  canvas.fill(Path::taper({0, 70}, {0, 80}, {0, 92}, 1, 2, 2), stage.cloth.ink);
  for (double y : {106.0, 130.0, 154.0, 178.0, 202.0, 226.0})
    canvas.inked(Path::ellipse({6.5, y}, 4.8, 4.8), rgb(0xfcd45c), rgb(0x7c5218), 1.6, [&] {
      canvas.fill(Path::ellipse({5, y - 1.6}, 1.8, 1.5), kWhite);
    });
}

}  // namespace fude::painter
