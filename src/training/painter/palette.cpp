#include "training/painter/palette.h"

namespace fude::painter {

Tones tones(Color base, Color shade) { return {base, shade, mix(base, kWhite, 0.5), mix(shade, kNightInk, 0.6)}; }

// Hues are spread as evenly as their names allow: a judge, and a small model, must tell neighbours apart.
Tones hair_tones(HairColor color) {
  switch (color) {
    case HairColor::kBlonde: return tones(rgb(0xf9d868), rgb(0xd39a3c));
    case HairColor::kBrown: return tones(rgb(0x8e5836), rgb(0x57301f));
    case HairColor::kBlack: return {rgb(0x35333f), rgb(0x1b1925), rgb(0x77758c), rgb(0x0d0b14)};
    case HairColor::kRed: return tones(rgb(0xd8322e), rgb(0x8c1728));
    case HairColor::kBlue: return tones(rgb(0x3d74e2), rgb(0x243f96));
    case HairColor::kPink: return tones(rgb(0xff9fc4), rgb(0xdc6794));
    case HairColor::kPurple: return tones(rgb(0x9058cc), rgb(0x582f94));
    case HairColor::kGreen: return tones(rgb(0x4cb666), rgb(0x25734c));
    case HairColor::kWhite: return tones(rgb(0xf7f5fb), rgb(0xc0bcdc));
    case HairColor::kGrey: return tones(rgb(0x949aa6), rgb(0x626876));
    case HairColor::kOrange: return tones(rgb(0xff9138), rgb(0xcb571c));
    case HairColor::kAqua: return tones(rgb(0x68dee0), rgb(0x2e98ac));
  }
  return {};
}

Tones skin_tones(Skin skin) {
  if (skin == Skin::kDark) return {rgb(0xc58a61), rgb(0x9a5d44), rgb(0xe0ab84), rgb(0x552a20)};
  return {rgb(0xffebdf), rgb(0xf5bda8), rgb(0xfff8f2), rgb(0x94504a)};
}

Tones cloth_tones(ClothColor color) {
  switch (color) {
    case ClothColor::kWhite: return tones(rgb(0xfbfafd), rgb(0xc8c9e0));
    case ClothColor::kBlack: return {rgb(0x3a3947), rgb(0x201f2c), rgb(0x6e6d84), rgb(0x0f0d17)};
    case ClothColor::kRed: return tones(rgb(0xdb3a42), rgb(0x94203a));
    case ClothColor::kBlue: return tones(rgb(0x3d6dd4), rgb(0x254690));
    case ClothColor::kGreen: return tones(rgb(0x44a25c), rgb(0x256849));
    case ClothColor::kYellow: return tones(rgb(0xfbd34c), rgb(0xd0942e));
    case ClothColor::kPink: return tones(rgb(0xffacc8), rgb(0xdc769e));
    case ClothColor::kPurple: return tones(rgb(0x8c5ec6), rgb(0x563692));
  }
  return {};
}

EyeTones eye_tones(EyeColor color) {
  switch (color) {
    case EyeColor::kBlue: return {rgb(0x1c3cae), rgb(0x4a9cff)};
    case EyeColor::kGreen: return {rgb(0x0f6434), rgb(0x5adc6c)};
    case EyeColor::kRed: return {rgb(0x900c1c), rgb(0xff4a3c)};
    case EyeColor::kPurple: return {rgb(0x50189c), rgb(0xb47cff)};
    case EyeColor::kYellow: return {rgb(0xb8780a), rgb(0xffe03c)};
    case EyeColor::kBrown: return {rgb(0x4c2814), rgb(0xa8683a)};
    case EyeColor::kPink: return {rgb(0xc02470), rgb(0xff8cc8)};
    case EyeColor::kAqua: return {rgb(0x0c8098), rgb(0x60f2ea)};
  }
  return {};
}

}  // namespace fude::painter
