#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "ops/cpu/packed_matrix.h"
#include "ops/cpu/vector_math.h"
#include "tests/ops/cpu/emulated_tile_kernels.h"

namespace fude::ops::cpu {

/// Numbers between -1 and 1 without a pattern that a mistake could keep.
inline std::vector<float> waves(std::int64_t count, int seed) {
  std::vector<float> numbers(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const double x = std::sin(static_cast<double>(i) * 12.9898 + seed * 78.233) * 43758.5453;
    numbers[i] = static_cast<float>(2 * (x - std::floor(x)) - 1);
  }
  return numbers;
}

/// Numbers as the kernels keep them.
class Elements {
 public:
  Elements(Element element, std::int64_t count)
      : element_(element), memory_(static_cast<std::size_t>(count) * bytes_of(element)), count_(count) {}
  Elements(Element element, std::int64_t count, int seed) : Elements(element, count) {
    const std::vector<float> numbers = waves(count, seed);
    for (std::int64_t i = 0; i < count; ++i) set(i, numbers[i]);
  }

  float at(std::int64_t i) const {
    if (element_ == Element::kFloat) return reinterpret_cast<const float*>(memory_.data())[i];
    return load(reinterpret_cast<const std::uint16_t*>(memory_.data())[i]);
  }
  void set(std::int64_t i, float value) {
    if (element_ == Element::kFloat) {
      reinterpret_cast<float*>(memory_.data())[i] = value;
    } else {
      store(value, reinterpret_cast<std::uint16_t*>(memory_.data())[i]);
    }
  }
  const void* data() const { return memory_.data(); }
  void* data() { return memory_.data(); }
  std::int64_t size() const { return count_; }
  std::int64_t bytes() const { return static_cast<std::int64_t>(bytes_of(element_)); }

 private:
  Element element_;
  std::vector<char> memory_;
  std::int64_t count_;
};

/// The numbers as they become when they are kept as `element`.
inline std::vector<float> rounded(Element element, std::vector<float> numbers) {
  Elements kept(element, 1);
  for (float& number : numbers) {
    kept.set(0, number);
    number = kept.at(0);
  }
  return numbers;
}

/// Equal to `tolerance` times the largest of what is expected.
inline void expect_near(const Elements& found, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(found.size(), static_cast<std::int64_t>(expected.size()));
  double largest = 1e-3;
  for (const double value : expected) largest = std::max(largest, std::fabs(value));
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_NEAR(found.at(static_cast<std::int64_t>(i)), expected[i], tolerance * largest) << "number " << i;
}

struct NamedFormat {
  std::string name;
  PackedFormat format;
};

/// Every instruction set that runs here, with both kinds of elements, and tiles that need no processor.
inline std::vector<NamedFormat> available_formats() {
  std::vector<NamedFormat> formats;
  for (const InstructionSet set : available_instruction_sets()) {
    std::string name(name_of(set));
    std::erase(name, '-');
    formats.push_back({name + "_fp32", {set, Element::kFloat}});
    formats.push_back({name + "_bf16", {set, Element::kBfloat16}});
  }
  formats.push_back({"emulated_tiles", {emulated_tile_kernels(), Element::kBfloat16}});
  return formats;
}

inline std::string format_name(const testing::TestParamInfo<NamedFormat>& info) { return info.param.name; }

}  // namespace fude::ops::cpu
