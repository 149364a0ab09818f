#pragma once

#include <cstdint>
#include <string>

namespace fude::judge {

/// What a model is asked for when it is examined: every attribute drawn at random as the painter draws it, the quality
/// the best. Caption `index` of a `seed` is always the same.
std::string examination_caption(std::uint64_t seed, std::uint64_t index);

}  // namespace fude::judge
