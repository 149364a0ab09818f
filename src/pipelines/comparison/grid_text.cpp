#include "pipelines/comparison/grid_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "pipelines/infotext_values.h"

namespace fude::pipelines::comparison {

TextPairs text_pairs(const Comparison& comparison) {
  constexpr std::array<std::string_view, 3> kLetters{"X", "Y", "Z"};
  TextPairs pairs{{"Script", "X/Y/Z plot"}};
  for (std::size_t i = 0; i < 3; ++i) {
    const AxisChoice& choice = comparison.axes[i];
    if (choice.is_nothing()) continue;
    pairs.emplace_back(fmt::format("{} Type", kLetters[i]), choice.axis->label);
    pairs.emplace_back(fmt::format("{} Values", kLetters[i]), choice.text);
    if (!choice.fixed.empty()) {
      pairs.emplace_back(fmt::format("Fixed {} Values", kLetters[i]), fmt::format("{}", fmt::join(choice.fixed, ", ")));
    }
  }
  return pairs;
}

std::string with_pairs(std::string infotext, const TextPairs& pairs) {
  std::string more;
  for (const auto& [key, value] : pairs) more += fmt::format(", {}: {}", key, quote(value));
  const std::size_t line = infotext.rfind('\n');
  const std::size_t version = infotext.rfind(", Version: ");
  const bool has_version = version != infotext.npos && (line == infotext.npos || version > line);
  return infotext.insert(has_version ? version : infotext.size(), more);
}

std::string grid_infotext(std::span<const CellResult> results, const TextPairs& pairs) {
  const auto first = std::ranges::find_if(results, [](const CellResult& result) { return result.picture.has_value(); });
  return first == results.end() ? "" : with_pairs(first->infotext, pairs);
}

std::int64_t grid_seed(std::span<const Cell> cells, std::span<const CellResult> results) {
  const auto first = std::ranges::find_if(results, [](const CellResult& result) { return result.picture.has_value(); });
  return first == results.end() ? cells.front().jobs.front().seed : first->request.seed;
}

}  // namespace fude::pipelines::comparison
