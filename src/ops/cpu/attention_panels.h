#pragma once

#include <cstdint>

#include "ops/cpu/round_up.h"

/// Packing for attention: rows of numbers become panels that the products of an instruction set read in order.
// In an anonymous namespace because every file compiles this for the instruction set of its own.
namespace fude::ops::cpu {
namespace {

constexpr std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
constexpr std::int64_t larger(std::int64_t a, std::int64_t b) { return a < b ? b : a; }

/// Rows shared out among panels of at most `most`; evenly, because few rows keep few sums going at a time.
struct EvenPanels {
  std::int64_t rows = 0, most = 1;

  std::int64_t count() const { return divide_up(rows, most); }
  std::int64_t begin(std::int64_t panel) const { return panel * rows / count(); }
  std::int64_t size(std::int64_t panel) const { return begin(panel + 1) - begin(panel); }
};

/// All panels full but the last.
struct FullPanels {
  std::int64_t rows = 0, most = 1;

  std::int64_t count() const { return divide_up(rows, most); }
  std::int64_t begin(std::int64_t panel) const { return smaller(panel * most, rows); }
  std::int64_t size(std::int64_t panel) const { return begin(panel + 1) - begin(panel); }
};

/// Rows of a tensor, read as units: vectors of what lanes multiply at a time. Zeros lie beyond rows and numbers.
template <typename Vectors, typename Number>
struct UnitRows {
  using Vector = typename Vectors::Vector;
  static constexpr int kUnit = Vectors::kUnitNumbers;
  const Number* first = nullptr;
  std::int64_t stride = 0, count = 0, depth = 0;

  /// Units of numbers side by side in a row, from one unit on.
  Vector along(std::int64_t row, std::int64_t unit) const {
    const std::int64_t left = depth - unit * kUnit;
    if (row >= count || left <= 0) return Vectors::zero();
    return Vectors::units_along(first + row * stride + unit * kUnit, left);
  }

  /// Units of numbers of rows that follow each other, from one number of them on.
  Vector across(std::int64_t unit, std::int64_t number) const {
    const std::int64_t row = unit * kUnit, left = depth - number;
    if (row >= count || left <= 0) return Vectors::zero();
    const Number* numbers = first + row * stride + number;
    if constexpr (kUnit == 1) {
      return Vectors::units_along(numbers, left);
    } else {
      return Vectors::units_across(numbers, row + 1 < count ? numbers + stride : nullptr, left);
    }
  }
};

/// to[unit][i] = unit `unit` of row first + i, for units and rows from 0 to what is given.
template <typename Vectors, typename Number>
void transpose_units(const UnitRows<Vectors, Number>& from, std::int64_t first, std::int64_t rows, std::int64_t units,
                     float* to, std::int64_t to_stride) {
  constexpr int kLanes = Vectors::kLanes;
  for (std::int64_t row = 0; row < rows; row += kLanes) {
    for (std::int64_t unit = 0; unit < units; unit += kLanes) {
      typename Vectors::Vector block[kLanes];
      for (int i = 0; i < kLanes; ++i) block[i] = from.along(first + row + i, unit);
      Vectors::transpose(block);
      for (int i = 0; i < smaller(kLanes, units - unit); ++i)
        Vectors::store_first(to + (unit + i) * to_stride + row, block[i], rows - row);
    }
  }
}

inline const float* as_floats(const std::uint32_t* units) { return reinterpret_cast<const float*>(units); }
inline float* as_floats(std::uint32_t* units) { return reinterpret_cast<float*>(units); }

}  // namespace
}  // namespace fude::ops::cpu
