#pragma once

#include "training/painter/stage.h"

namespace fude::painter {

/// Mistakes of drawing for a "worst quality" picture, none for the others.
Flaws draw_flaws(const Character& character);

/// Mistakes of printing: two or three of wobbling lines, misregistered colours, smear, noise and dull contrast.
/// pixels: kPictureSize^2 RGB triples, changed in place; nothing happens to a picture that is not of worst quality.
void spoil(const Character& character, std::vector<std::uint8_t>& pixels);

}  // namespace fude::painter
