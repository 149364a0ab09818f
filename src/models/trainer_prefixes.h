#pragma once

#include <array>
#include <string_view>

namespace fude::models {

/// What trainers put before the names of a network's weights, the best first: averaged weights, then the rest.
inline constexpr std::array<std::string_view, 6> kTrainerPrefixes{"params_ema.", "params-ema.", "params.",
                                                                  "model_ema.",  "module.",     "generator."};

}  // namespace fude::models
