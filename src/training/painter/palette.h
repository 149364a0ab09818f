#pragma once

#include "training/painter/canvas.h"
#include "training/painter/character.h"

namespace fude::painter {

/// One material: its flat colour, its shadow, its lit edge, and the colour its outline is inked in.
struct Tones {
  Color base;
  Color shade;
  Color light;
  Color ink;
};

/// An iris: the dark rim and upper half, the bright lower half.
struct EyeTones {
  Color dark;
  Color bright;
};

Tones hair_tones(HairColor color);
Tones skin_tones(Skin skin);
Tones cloth_tones(ClothColor color);
EyeTones eye_tones(EyeColor color);

/// Tones of anything else (metal, straw): the light and the ink follow from base and shade.
Tones tones(Color base, Color shade);

inline constexpr Color kNightInk{0.13, 0.06, 0.16};  // what all inks lean to: dark violet, never black

}  // namespace fude::painter
