#include "models/adapters/block_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <vector>

namespace fude::models {
namespace {

struct Preset {
  std::string_view name, weights;
};

// Known from the web UI's block weight extension.
constexpr std::array kPresets{
    Preset{"ALL", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"},    Preset{"NONE", "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0"},
    Preset{"INS", "1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0"},    Preset{"IND", "1,0,0,0,1,1,1,0,0,0,0,0,0,0,0,0,0"},
    Preset{"INALL", "1,1,1,1,1,1,1,0,0,0,0,0,0,0,0,0,0"},  Preset{"MIDD", "1,0,0,0,1,1,1,1,1,1,1,1,0,0,0,0,0"},
    Preset{"OUTD", "1,0,0,0,0,0,0,0,1,1,1,1,0,0,0,0,0"},   Preset{"OUTS", "1,0,0,0,0,0,0,0,0,0,0,0,1,1,1,1,1"},
    Preset{"OUTALL", "1,0,0,0,0,0,0,0,1,1,1,1,1,1,1,1,1"},
};

/// The blocks of one form, without BASE.
std::vector<std::string> named(std::initializer_list<int> input, std::initializer_list<int> output) {
  std::vector<std::string> names;
  for (const int number : input) names.push_back(fmt::format("IN{:02}", number));
  names.emplace_back("M00");
  for (const int number : output) names.push_back(fmt::format("OUT{:02}", number));
  return names;
}

std::vector<std::string> blocks_of_form(std::size_t count) {
  switch (count) {
    case 12: return named({4, 5, 7, 8}, {0, 1, 2, 3, 4, 5});
    case 17: return named({1, 2, 4, 5, 7, 8}, {3, 4, 5, 6, 7, 8, 9, 10, 11});
    case 20: return named({0, 1, 2, 3, 4, 5, 6, 7, 8}, {0, 1, 2, 3, 4, 5, 6, 7, 8});
    case 26: return named({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    default: return {};
  }
}

std::optional<std::vector<double>> numbers(std::string_view text) {
  constexpr std::size_t kMost = 26;
  std::vector<double> values;
  while (values.size() < kMost) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view piece = text.substr(0, comma);
    while (piece.starts_with(' ')) piece.remove_prefix(1);
    while (piece.ends_with(' ')) piece.remove_suffix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(piece.data(), piece.data() + piece.size(), value);
    if (error != std::errc() || end != piece.data() + piece.size() || !std::isfinite(value)) return std::nullopt;
    values.push_back(value);
    if (comma == text.size()) return values;
    text.remove_prefix(comma + 1);
  }
  return std::nullopt;
}

}  // namespace

std::optional<BlockWeights> BlockWeights::parse(std::string_view text) {
  const auto preset = std::ranges::find(kPresets, text, &Preset::name);
  const auto values = numbers(preset == kPresets.end() ? text : preset->weights);
  if (!values) return std::nullopt;
  const std::vector<std::string> blocks = blocks_of_form(values->size());
  if (blocks.empty()) return std::nullopt;
  BlockWeights result;
  for (const std::string& block : blocks_of_form(26)) result.weights_[block] = 0;
  result.weights_["BASE"] = values->front();
  for (std::size_t i = 0; i < blocks.size(); ++i) result.weights_[blocks[i]] = (*values)[i + 1];
  return result;
}

double BlockWeights::of(const std::string& block) const {
  const auto found = weights_.find(block);
  return found == weights_.end() ? 1 : found->second;
}

}  // namespace fude::models
