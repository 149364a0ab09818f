#include "training/judge/examination_captions.h"

#include "training/painter/captions.h"

namespace fude::judge {

std::string examination_caption(std::uint64_t seed, std::uint64_t index) {
  painter::Character character = painter::draw_character(seed, index);
  character.quality = painter::Quality::kMasterpiece;
  return painter::caption(character);
}

}  // namespace fude::judge
