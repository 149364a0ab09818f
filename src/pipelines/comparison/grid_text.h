#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "pipelines/comparison/cells.h"
#include "pipelines/comparison/comparison.h"

namespace fude::pipelines::comparison {

using TextPairs = std::vector<std::pair<std::string, std::string>>;

/// What a grid's text says beside its first picture's: Script, X Type, X Values and, where seeds were drawn, Fixed X
/// Values; the same for Y and Z.
TextPairs text_pairs(const Comparison& comparison);

/// A picture's text with further pairs at the end of its parameters, before the version.
std::string with_pairs(std::string infotext, const TextPairs& pairs);

/// The text of the first picture there is, with the pairs; empty when there is no picture.
std::string grid_infotext(std::span<const CellResult> results, const TextPairs& pairs);

/// The seed that a grid's file is named after: of the first picture there is, else of the first request.
std::int64_t grid_seed(std::span<const Cell> cells, std::span<const CellResult> results);

}  // namespace fude::pipelines::comparison
