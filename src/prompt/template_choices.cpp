#include "prompt/template_choices.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/random/philox_generator.h"

namespace fude::prompt {
namespace {

using Method = TemplateTree::Method;

/// Indices of the options that may be taken: those with a weight, or all when none has one.
std::vector<std::size_t> eligible(std::span<const double> weights) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] > 0) indices.push_back(i);
  }
  if (indices.empty()) {
    indices.resize(weights.size());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
  }
  return indices;
}

double weight_of(std::span<const double> weights, std::size_t index) {
  return weights[index] > 0 && std::isfinite(weights[index]) ? weights[index] : 1;
}

}  // namespace

double SeededChooser::next_uniform() {
  constexpr std::uint32_t kWordsOfPrompts = 0x50726F6D;  // keeps the stream apart from that of the noise
  const auto words = philox4x32({draws_++, 0, 0, kWordsOfPrompts}, {static_cast<std::uint32_t>(place_.seed),
                                                                    static_cast<std::uint32_t>(place_.seed >> 32)});
  const std::uint64_t bits = (std::uint64_t{words[0]} << 32 | words[1]) >> 11;
  return static_cast<double>(bits) * 0x1p-53;
}

std::size_t SeededChooser::turn(std::size_t options) {
  const auto position = static_cast<std::size_t>(turns_left_ % options);
  turns_left_ /= options;
  return position;
}

std::size_t SeededChooser::count(std::size_t fewest, std::size_t most, Method method) {
  if (fewest >= most) return fewest;
  const std::size_t numbers = most - fewest + 1;
  switch (method) {
    case Method::kCyclical: return fewest + static_cast<std::size_t>(place_.index % numbers);
    case Method::kCombinatorial: return fewest + turn(numbers);
    case Method::kDefault:
    case Method::kRandom: break;
  }
  return fewest + std::min(numbers - 1, static_cast<std::size_t>(next_uniform() * static_cast<double>(numbers)));
}

std::vector<std::size_t> SeededChooser::pick(std::span<const double> weights, std::size_t count, Method method) {
  std::vector<std::size_t> options = eligible(weights);
  count = std::min(count, options.size());
  if (count == 0) return {};
  if (method == Method::kCyclical || method == Method::kCombinatorial) {
    const std::size_t first =
        method == Method::kCyclical ? static_cast<std::size_t>(place_.index % options.size()) : turn(options.size());
    std::rotate(options.begin(), options.begin() + static_cast<std::ptrdiff_t>(first), options.end());
    options.resize(count);
    return options;
  }
  if (count == 1) {
    double total = 0;
    for (const std::size_t option : options) total += weight_of(weights, option);
    double left = next_uniform() * total;
    for (const std::size_t option : options) {
      left -= weight_of(weights, option);
      if (left < 0) return {option};
    }
    return {options.back()};
  }
  // Efraimidis and Spirakis 2006: the smallest of exponential times with these rates are draws without replacement.
  std::vector<std::pair<double, std::size_t>> times;
  for (const std::size_t option : options) {
    times.emplace_back(-std::log1p(-next_uniform()) / weight_of(weights, option), option);
  }
  std::ranges::sort(times);
  for (std::size_t i = 0; i < count; ++i) options[i] = times[i].second;
  options.resize(count);
  return options;
}

std::size_t OdometerChooser::turn(std::size_t options) {
  if (options <= 1) return 0;
  if (next_ == wheels_.size()) wheels_.push_back({0, options});
  Wheel& wheel = wheels_[next_++];
  // What was left to chance before this choice may have fallen otherwise than last time, and offer less or more now.
  wheel = {std::min(wheel.position, options - 1), options};
  return wheel.position;
}

std::size_t OdometerChooser::count(std::size_t fewest, std::size_t most, Method method) {
  if (method == Method::kRandom || method == Method::kCyclical) return seeded_.count(fewest, most, method);
  return fewest >= most ? fewest : fewest + turn(most - fewest + 1);
}

std::vector<std::size_t> OdometerChooser::pick(std::span<const double> weights, std::size_t count, Method method) {
  if (method == Method::kRandom || method == Method::kCyclical) return seeded_.pick(weights, count, method);
  const std::vector<std::size_t> options = eligible(weights);
  count = std::min(count, options.size());
  std::vector<std::size_t> picked;
  std::size_t first = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t places = options.size() - (count - i) - first + 1;
    first += turn(places);
    picked.push_back(options[first++]);
  }
  return picked;
}

bool OdometerChooser::advance(DrawPlace place) {
  seeded_ = SeededChooser(place);
  wheels_.resize(std::exchange(next_, 0));  // wheels beyond were of choices that did not come up this time
  while (!wheels_.empty() && wheels_.back().position + 1 == wheels_.back().size) wheels_.pop_back();
  if (wheels_.empty()) return false;
  ++wheels_.back().position;
  return true;
}

}  // namespace fude::prompt
