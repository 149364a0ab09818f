#pragma once

#include <string>
#include <utility>
#include <vector>

#include "pipelines/generation_request.h"

namespace fude::pipelines {

/// Pairs of a picture's text, in their order.
using InfotextPairs = std::vector<std::pair<std::string, std::string>>;

/// What is said of a picture that starts from another one: strength, mask.
InfotextPairs picture_pairs(const GenerationRequest& request);

/// What is said of hires fix. Names are those of a normalised request.
InfotextPairs hires_pairs(const GenerationRequest& request);

}  // namespace fude::pipelines
