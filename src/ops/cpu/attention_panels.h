#pragma once

#include <cstdint>
#include <cstring>

/// Packing for attention: rows of numbers become panels that the products of an instruction set read in order.
// In an anonymous namespace because every file compiles this for the instruction set of its own.
namespace fude::ops::cpu {
namespace {

constexpr std::int64_t round_up(std::int64_t count, std::int64_t multiple) {
  return (count + multiple - 1) / multiple * multiple;
}
constexpr std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
constexpr std::int64_t larger(std::int64_t a, std::int64_t b) { return a < b ? b : a; }

/// Rows shared out among panels of at most `most`; evenly, because few rows keep few sums going at a time.
struct EvenPanels {
  std::int64_t rows = 0, most = 1;

  std::int64_t count() const { return (rows + most - 1) / most; }
  std::int64_t begin(std::int64_t panel) const { return panel * rows / count(); }
  std::int64_t size(std::int64_t panel) const { return begin(panel + 1) - begin(panel); }
};

/// All panels full but the last.
struct FullPanels {
  std::int64_t rows = 0, most = 1;

  std::int64_t count() const { return (rows + most - 1) / most; }
  std::int64_t begin(std::int64_t panel) const { return smaller(panel * most, rows); }
  std::int64_t size(std::int64_t panel) const { return begin(panel + 1) - begin(panel); }
};

inline float float_of(std::uint16_t bits) {
  const std::uint32_t wide = static_cast<std::uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

inline std::uint16_t bf16_of(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  const std::uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  return static_cast<std::uint16_t>((bits & 0x7fffffffU) > 0x7f800000U ? 0x7fc0U : rounded);
}

inline void put_row(const float* row, std::int64_t count, float* to) {
  std::memcpy(to, row, static_cast<std::size_t>(count) * sizeof(float));
}
inline void put_row(const float* row, std::int64_t count, std::uint16_t* to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = bf16_of(row[i]);
}

/// Units along a row: each holds kUnitNumbers numbers that lie side by side. Zeros follow up to `padded` units.
template <int kUnitNumbers, typename Number>
void units_along(const Number* row, std::int64_t count, std::int64_t padded, std::uint32_t* units) {
  std::int64_t filled = count;
  if constexpr (kUnitNumbers * sizeof(Number) == sizeof(std::uint32_t)) {
    filled = (count + kUnitNumbers - 1) / kUnitNumbers;
    units[filled - 1] = 0;
    std::memcpy(units, row, static_cast<std::size_t>(count) * sizeof(Number));
  } else {
    static_assert(kUnitNumbers == 1);
    for (std::int64_t i = 0; i < count; ++i) units[i] = static_cast<std::uint32_t>(row[i]) << 16;
  }
  for (std::int64_t i = filled; i < padded; ++i) units[i] = 0;
}

/// Units across rows: unit i holds number i of kUnitNumbers rows that follow each other, of which `rows` exist.
template <int kUnitNumbers, typename Number>
void units_across(const Number* row, std::int64_t stride, std::int64_t rows, std::int64_t count, std::uint32_t* units) {
  if constexpr (kUnitNumbers == 1) {
    units_along<1>(row, count, count, units);
  } else {
    const Number* next = row + stride;
    if (rows < 2) {
      for (std::int64_t i = 0; i < count; ++i) units[i] = row[i];
    } else {
      for (std::int64_t i = 0; i < count; ++i) units[i] = row[i] | static_cast<std::uint32_t>(next[i]) << 16;
    }
  }
}

/// to[column][row] = from[row][column]. `from` may be read up to whole vectors of both; `to` is written exactly.
template <typename Vectors>
void transpose(const float* from, std::int64_t from_stride, std::int64_t rows, std::int64_t columns, float* to,
               std::int64_t to_stride) {
  constexpr int kLanes = Vectors::kLanes;
  for (std::int64_t row = 0; row < rows; row += kLanes) {
    const int lanes = static_cast<int>(smaller(kLanes, rows - row));
    for (std::int64_t column = 0; column < columns; column += kLanes) {
      typename Vectors::Vector block[kLanes];
      for (int i = 0; i < kLanes; ++i) block[i] = Vectors::load(from + (row + i) * from_stride + column);
      Vectors::transpose(block);
      float* corner = to + column * to_stride + row;
      const std::int64_t kept = smaller(kLanes, columns - column);
      for (std::int64_t i = 0; i < kept; ++i) {
        if (lanes == kLanes) {
          Vectors::store(corner + i * to_stride, block[i]);
        } else {
          Vectors::store_first(corner + i * to_stride, block[i], lanes);
        }
      }
    }
  }
}

inline const float* as_floats(const std::uint32_t* units) { return reinterpret_cast<const float*>(units); }
inline float* as_floats(std::uint32_t* units) { return reinterpret_cast<float*>(units); }

}  // namespace
}  // namespace fude::ops::cpu
