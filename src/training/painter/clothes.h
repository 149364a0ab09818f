#pragma once

#include "training/painter/stage.h"

namespace fude::painter {

/// Draws a shape and its mirror image; `draw` gets the sign of the side.
template <typename Draw>
void on_both_sides(Draw draw) {
  draw(-1.0);
  draw(1.0);
}

/// The path as it is for side +1, mirrored for -1.
inline Path sided(const Path& path, double side) { return side < 0 ? path.mirrored() : path; }

Path torso_outline(const Stage& stage);
/// One arm, hanging; `width` 1 is a close sleeve.
Path arm_outline(const Stage& stage, double width);

/// The skin of neck and collar bones down to a V with its point at `depth`.
void draw_neckline(Stage& stage, double half_width, double depth);

// Garments of one family each; all are drawn over the neck, in body frame.
void draw_serafuku(Stage& stage);
void draw_blazer(Stage& stage);
void draw_shirt(Stage& stage);
void draw_gakuran(Stage& stage);
void draw_hoodie(Stage& stage);
void draw_sweater(Stage& stage);
void draw_dress(Stage& stage);
void draw_kimono(Stage& stage);
void draw_maid(Stage& stage);
void draw_armor(Stage& stage);

/// Arms and torso of one cloth, shaded.
void draw_plain_top(Stage& stage, const Tones& tones, double sleeve_width = 1);
void draw_necktie(Stage& stage, double top);

}  // namespace fude::painter
