#pragma once

#include <cstddef>
#include <string_view>

namespace fude {

/// How much a text of JSON holds.
struct JsonMeasure {
  int depth = 0;           // lists and objects inside each other; 1: "[]"
  std::size_t values = 0;  // lists and objects included
};

/// Reads JSON that may be hostile without keeping any of it, as far as its end, its first mistake or the first value
/// beyond one of `limits`. In time that grows with the text alone; nlohmann's parser with a callback takes its square
/// for a list of empty lists.
JsonMeasure measure_json(std::string_view text, const JsonMeasure& limits);

}  // namespace fude
