#pragma once

#include <cstdint>
#include <vector>

#include "training/painter/character.h"
#include "training/painter/stage.h"

namespace fude::painter {

/// Raised whenever the pictures or captions of a seed change: what is cached from them is then made anew.
inline constexpr int kPaintingVersion = 2;

/// kPictureSize x kPictureSize RGB bytes, rows from top to bottom.
struct Painting {
  int width = kPictureSize;
  int height = kPictureSize;
  std::vector<std::uint8_t> rgb;
};

/// Draws the character. Depends on nothing but the argument; may run on many threads at once.
Painting paint(const Character& character);

}  // namespace fude::painter
