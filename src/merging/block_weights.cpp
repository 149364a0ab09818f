#include "merging/block_weights.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <numbers>
#include <optional>

#include "core/ascii.h"
#include "core/error.h"
#include "core/names.h"
#include "core/nearest_name.h"

namespace fude::merging {
namespace {

constexpr std::string_view kUNet = "model.diffusion_model.";
constexpr std::size_t kPresetBlocks = 25;

/// Weights of IN00..OUT11 as a function of the block's index and of t, which goes from 0 to 1 over them.
struct Preset {
  std::string_view name;
  double (*weight)(int block, double t);
};

double smooth(double t) { return t * t * (3 - 2 * t); }

/// Up and down again between 0 and 1.
double fold(double x) {
  const double rest = std::fmod(x, 2.0);
  return rest > 1 ? 2 - rest : rest;
}

bool is_outer(int block, int each_side) { return block < each_side || block >= 25 - each_side; }

bool is_between(int block, int first, int last) { return block >= first && block <= last; }

/// Two bumps, in the input and in the output blocks.
bool is_in_ring(int block, int first, int last) {
  return is_between(block, first, last) || is_between(24 - block, first, last);
}

double fake_hermite(double t) { return t * (25.0 / 6 + t * (-9.5 + t * 19.0 / 3)); }

/// Begins a step higher, but for the first block.
double true_hermite(int block, double t) { return block == 0 ? 0 : fake_hermite(t) + (1 - smooth(t)) / 24; }

// The presets of the block-weighted merge extension, as functions of the block.
constexpr std::array kPresets{
    Preset{"GRAD_V", [](int, double t) { return std::abs(1 - 2 * t); }},
    Preset{"GRAD_A", [](int, double t) { return 1 - std::abs(1 - 2 * t); }},
    Preset{"FLAT_25", [](int, double) { return 0.25; }},
    Preset{"FLAT_75", [](int, double) { return 0.75; }},
    Preset{"WRAP08", [](int i, double) { return is_outer(i, 4) ? 1.0 : 0.0; }},
    Preset{"WRAP12", [](int i, double) { return is_outer(i, 6) ? 1.0 : 0.0; }},
    Preset{"WRAP14", [](int i, double) { return is_outer(i, 7) ? 1.0 : 0.0; }},
    Preset{"WRAP16", [](int i, double) { return is_outer(i, 8) ? 1.0 : 0.0; }},
    Preset{"MID12_50", [](int i, double) { return is_between(i, 5, 18) ? 0.5 : 0.0; }},
    Preset{"OUT07", [](int i, double) { return i >= 18 ? 1.0 : 0.0; }},
    Preset{"OUT12", [](int i, double) { return i >= 13 ? 1.0 : 0.0; }},
    Preset{"OUT12_5", [](int i, double) { return i >= 13   ? 1.0
                                                 : i == 12 ? 0.5
                                                           : 0.0; }},
    Preset{"RING08_SOFT", [](int i, double) { return is_in_ring(i, 6, 8)   ? 1.0
                                                     : is_in_ring(i, 5, 9) ? 0.5
                                                                           : 0.0; }},
    Preset{"RING08_5", [](int i, double) { return is_in_ring(i, 6, 9) ? 1.0 : 0.0; }},
    Preset{"RING10_5", [](int i, double) { return is_in_ring(i, 5, 9) ? 1.0 : 0.0; }},
    Preset{"RING10_3", [](int i, double) { return is_in_ring(i, 6, 10) ? 1.0 : 0.0; }},
    Preset{"SMOOTHSTEP", [](int, double t) { return smooth(t); }},
    Preset{"REVERSE-SMOOTHSTEP", [](int, double t) { return 1 - smooth(t); }},
    Preset{"SMOOTHSTEP*2", [](int, double t) { return fold(2 * smooth(t)); }},
    Preset{"R_SMOOTHSTEP*2", [](int, double t) { return 1 - fold(2 * smooth(t)); }},
    Preset{"SMOOTHSTEP*3", [](int, double t) { return fold(3 * smooth(t)); }},
    Preset{"R_SMOOTHSTEP*3", [](int, double t) { return 1 - fold(3 * smooth(t)); }},
    Preset{"SMOOTHSTEP*4", [](int, double t) { return fold(4 * smooth(t)); }},
    Preset{"R_SMOOTHSTEP*4", [](int, double t) { return 1 - fold(4 * smooth(t)); }},
    Preset{"SMOOTHSTEP/2", [](int, double t) { return smooth(fold(2 * t)); }},
    Preset{"R_SMOOTHSTEP/2", [](int, double t) { return 1 - smooth(fold(2 * t)); }},
    Preset{"SMOOTHSTEP/3", [](int, double t) { return smooth(fold(3 * t)); }},
    Preset{"R_SMOOTHSTEP/3", [](int, double t) { return 1 - smooth(fold(3 * t)); }},
    Preset{"SMOOTHSTEP/4", [](int, double t) { return smooth(fold(4 * t)); }},
    Preset{"R_SMOOTHSTEP/4", [](int, double t) { return 1 - smooth(fold(4 * t)); }},
    Preset{"COSINE", [](int, double t) { return (1 + std::cos(std::numbers::pi * t)) / 2; }},
    Preset{"REVERSE_COSINE", [](int, double t) { return (1 - std::cos(std::numbers::pi * t)) / 2; }},
    Preset{"TRUE_CUBIC_HERMITE", true_hermite},
    Preset{"TRUE_REVERSE_CUBIC_HERMITE", [](int i, double t) { return 1 - true_hermite(i, t); }},
    Preset{"FAKE_CUBIC_HERMITE", [](int, double t) { return fake_hermite(t); }},
    Preset{"FAKE_REVERSE_CUBIC_HERMITE", [](int, double t) { return 1 - fake_hermite(t); }},
    Preset{"ALL_A", [](int, double) { return 0.0; }},
    Preset{"ALL_B", [](int, double) { return 1.0; }},
};

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t comma = text.find(',');
    parts.push_back(trimmed(text.substr(0, comma), " "));
    if (comma == text.npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

double parse_weight(std::string_view text) {
  double weight = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
  const bool is_number = error == std::errc() && stop == text.data() + text.size() && std::isfinite(weight);
  if (!is_number) fail(ErrorCode::kInvalidArgument, "block weight '{}' is no number", printable(text, 60));
  return weight;
}

/// IN00..OUT11 of 12 blocks a side for a layout: a smaller one has no IN09..IN11 and no OUT09..OUT11.
std::vector<double> fit(const std::vector<double>& weights, BlockLayout layout) {
  const auto middle = weights.begin() + 12;
  const auto side = static_cast<std::ptrdiff_t>(layout.side);
  std::vector<double> fitted(weights.begin(), weights.begin() + side);
  fitted.insert(fitted.end(), middle, middle + 1 + side);
  return fitted;
}

std::optional<std::vector<double>> preset_weights(std::string_view name) {
  const auto preset = std::ranges::find_if(kPresets, [&](const Preset& p) { return same_name(p.name, name); });
  if (preset == kPresets.end()) return std::nullopt;
  std::vector<double> weights;
  for (int i = 0; i < static_cast<int>(kPresetBlocks); ++i) weights.push_back(preset->weight(i, i / 24.0));
  return weights;
}

/// The number of a name such as "input_blocks.7.1...." after its beginning.
std::optional<std::size_t> number_after(std::string_view text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return std::nullopt;
  std::size_t number = 0;
  const auto [stop, error] = std::from_chars(text.data() + beginning.size(), text.data() + text.size(), number);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

std::optional<std::size_t> find_block(std::string_view name, BlockLayout layout) {
  for (std::size_t block = 0; block < layout.count(); ++block) {
    if (same_name(block_name(block, layout), name)) return block;
  }
  return std::nullopt;
}

}  // namespace

std::size_t block_of(std::string_view name, BlockLayout layout) {
  const std::size_t last = layout.side - 1, middle = 1 + layout.side;
  if (!name.starts_with(kUNet)) return kBase;
  name.remove_prefix(kUNet.size());
  if (const auto input = number_after(name, "input_blocks.")) return 1 + std::min(*input, last);
  if (const auto output = number_after(name, "output_blocks.")) return middle + 1 + std::min(*output, last);
  if (name.starts_with("middle_block.")) return middle;
  if (name.starts_with("out.")) return middle + 1 + last;
  return 1;  // the embeddings of time and size
}

std::string block_name(std::size_t block, BlockLayout layout) {
  if (block == kBase) return "BASE";
  if (block <= layout.side) return fmt::format("IN{:02}", block - 1);
  return block == layout.side + 1 ? "M00" : fmt::format("OUT{:02}", block - layout.side - 2);
}

BlockWeights::BlockWeights(double everywhere, BlockLayout layout)
    : layout_(layout), weights_(layout.count(), everywhere) {}

BlockWeights BlockWeights::parse(std::string_view text, double base, BlockLayout layout) {
  BlockWeights result(base, layout);
  std::vector<double> weights;
  if (const auto preset = preset_weights(trimmed(text, " "))) {
    weights = *preset;
  } else if (text.find_first_of("0123456789") == text.npos || text.find('_') != text.npos) {
    fail(ErrorCode::kInvalidArgument, "no block weight preset is called '{}'{}", printable(text, 60),
         did_you_mean(text, preset_names()));
  } else {
    for (const std::string_view part : split(text)) weights.push_back(parse_weight(part));
  }
  const bool has_base = weights.size() == layout.count() || weights.size() == kMostBlocks;
  if (has_base) {
    result.weights_[kBase] = weights.front();
    weights.erase(weights.begin());
  }
  if (weights.size() == kPresetBlocks) weights = fit(weights, layout);
  if (weights.size() + 1 != layout.count()) {
    fail(ErrorCode::kInvalidArgument, "there are {} block weights, expected {} (BASE first) or {} (without BASE)",
         split(text).size(), layout.count(), layout.count() - 1);
  }
  std::ranges::copy(weights, result.weights_.begin() + 1);
  return result;
}

void BlockWeights::assign(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos) {
    fail(ErrorCode::kInvalidArgument, "block weight '{}' has no value, expected such as IN00-IN05=0.5",
         printable(text, 60));
  }
  const double weight = parse_weight(trimmed(text.substr(equals + 1), " "));
  std::string_view names = trimmed(text.substr(0, equals), " ");
  const bool is_negated = names.starts_with("NOT ");
  if (is_negated) names.remove_prefix(4);
  std::vector<bool> chosen(weights_.size(), false);
  for (const std::string_view name : split(names)) {
    const std::size_t dash = name.find('-');
    const bool is_side = same_name(name, "IN") || same_name(name, "OUT");
    const std::string first_name = is_side ? std::string(name) + "00" : std::string(trimmed(name.substr(0, dash), " "));
    const auto first = find_block(first_name, layout_);
    auto last = dash == name.npos ? first : find_block(trimmed(name.substr(dash + 1), " "), layout_);
    if (is_side && first) last = *first + layout_.side - 1;
    if (!first || !last || *last < *first) {
      fail(ErrorCode::kInvalidArgument, "'{}' names no blocks, expected BASE, IN00..IN{:02}, M00, OUT00..OUT{:02}",
           printable(name, 60), layout_.side - 1, layout_.side - 1);
    }
    for (std::size_t block = *first; block <= *last; ++block) chosen[block] = true;
  }
  for (std::size_t block = 0; block < chosen.size(); ++block) {
    if (chosen[block] != is_negated) weights_[block] = weight;
  }
}

bool BlockWeights::is_uniform() const {
  return std::ranges::all_of(weights_, [&](double weight) { return weight == weights_.front(); });
}

std::string BlockWeights::text() const {
  return is_uniform() ? fmt::format("{}", weights_.front()) : fmt::format("{}", fmt::join(weights_, ","));
}

std::vector<std::string_view> preset_names() {
  std::vector<std::string_view> names;
  for (const Preset& preset : kPresets) names.push_back(preset.name);
  return names;
}

}  // namespace fude::merging
