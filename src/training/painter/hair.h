#pragma once

#include "training/painter/stage.h"

namespace fude::painter {

/// A lock of hair along a spine, `half_widths` wide at each of its points: outline, shadow side, strands, shine.
void draw_tress(Stage& stage, std::span<const Point> spine, std::span<const double> half_widths);

/// Locks that fall before the shoulders, drawn under the bangs: long and medium hair, braids, drills.
void draw_hanging_locks(Stage& stage);

}  // namespace fude::painter
