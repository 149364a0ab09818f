#pragma once

// The loops of ProductKernels, written once over a `Set`: how one instruction set holds numbers. Included only by the
// files that are compiled for one set, each in its own unnamed namespace; nothing from the standard library may be
// instantiated here, for the linker could give its copy to a program on a lesser processor.

#include <cstdint>

#include "ops/cpu/product_kernels.h"

namespace fude::ops::cpu {
namespace {

/// Vectors of kLanes floats, in the compiler's own notation: operators work lane by lane.
template <int kLanes>
struct VectorMath {
  typedef float Floats __attribute__((vector_size(kLanes * 4)));
  typedef std::int32_t Integers __attribute__((vector_size(kLanes * 4)));

  static Floats all(float value) { return value - Floats{}; }
  static Floats smaller(Floats a, Floats b) { return a < b ? a : b; }
  static Floats larger(Floats a, Floats b) { return a > b ? a : b; }

  /// As exponential() of vector_math.h.
  static Floats exponential(Floats x) {
    // A NaN stays one: comparisons with it are false.
    const Floats power = larger(all(-126.0F), smaller(all(126.0F), x * 1.44269504F));
    // 1.5 * 2^23 leaves no bits for a fraction: the lowest ones are the whole part.
    const Floats shifted = power + 12582912.0F;
    const Floats f = (power - (shifted - 12582912.0F)) * 0.693147181F;
    Floats series = f * (1.0F / 720) + 1.0F / 120;
    series = series * f + 1.0F / 24;
    series = series * f + 1.0F / 6;
    series = series * f + 0.5F;
    series = series * f + 1.0F;
    series = series * f + 1.0F;
    return series * reinterpret_cast<Floats>((reinterpret_cast<Integers>(shifted) + 127) << 23);
  }

  static Floats gelu(Floats x) {
    const Floats magnitude = x < 0.0F ? -x : x;
    const Floats t = 1.0F / (1.0F + (0.3275911F * 0.70710678F) * magnitude);
    Floats tail = t * 1.061405429F - 1.453152027F;
    tail = tail * t + 1.421413741F;
    tail = tail * t - 0.284496736F;
    tail = tail * t + 0.254829592F;
    const Floats above = 0.5F * tail * t * exponential(-0.5F * x * x);
    return x * (x < 0.0F ? above : 1.0F - above);
  }

  static Floats quick_gelu(Floats x) { return x / (1.0F + exponential(-1.702F * x)); }
};

template <typename Number>
Number number_at(const char* place) {
  Number number;
  __builtin_memcpy(&number, place, sizeof number);
  return number;
}

/// Sets: how rows and panels are read and multiplied. Floats as they are.
template <typename Vectors, int kRowsAtOnce>
struct FloatProducts : Vectors {
  using Floats = typename Vectors::Floats;
  using Stored = float;
  static constexpr int kRows = kRowsAtOnce, kGroup = 1, kWeightBytes = Vectors::kLanes * 4;

  static Floats weights(const char* place) { return Vectors::load(reinterpret_cast<const float*>(place)); }
  static Floats broadcast(const char* place) { return number_at<float>(place) - Floats{}; }
  static Floats add_product(Floats sum, Floats number, Floats weight) { return sum + number * weight; }
};

/// Pairs of bfloat16, each half widened to float and multiplied on its own.
template <typename Vectors, int kRowsAtOnce>
struct WidenedProducts : Vectors {
  using Floats = typename Vectors::Floats;
  using Words = typename Vectors::Words;
  using Stored = std::uint16_t;
  static constexpr int kRows = kRowsAtOnce, kGroup = 2, kWeightBytes = Vectors::kLanes * 4;
  struct Pair {
    Floats first, second;
  };

  static Pair widen(Words pairs) {
    return {reinterpret_cast<Floats>(pairs << 16), reinterpret_cast<Floats>(pairs & 0xffff0000U)};
  }
  static Pair weights(const char* place) { return widen(number_at<Words>(place)); }
  static Pair broadcast(const char* place) { return widen(number_at<std::uint32_t>(place) - Words{}); }
  static Floats add_product(Floats sum, const Pair& number, const Pair& weight) {
    return sum + number.first * weight.first + number.second * weight.second;
  }
};

/// block(tile) for every `rows` rows of a tile, whose outputs are stored so, and for the rows that are left.
template <typename Stored, typename Block>
void in_blocks(ProductTile tile, int rows, const Block& block) {
  const std::int64_t out_bytes = tile.out_is_float ? sizeof(float) : sizeof(Stored);
  for (int left = tile.rows; left > 0; left -= rows) {
    tile.rows = left < rows ? left : rows;
    block(tile);
    tile.a = static_cast<const char*>(tile.a) + rows * tile.a_stride;
    if (tile.row_scales != nullptr) tile.row_scales += rows;
    tile.out = static_cast<char*>(tile.out) + rows * tile.out_stride * out_bytes;
    if (tile.residual != nullptr)
      tile.residual = static_cast<const char*>(tile.residual) + rows * tile.residual_stride * out_bytes;
  }
}

template <typename Set>
struct Loops {
  using Floats = typename Set::Floats;
  using Stored = typename Set::Stored;
  using Math = VectorMath<Set::kLanes>;
  static constexpr int kLanes = Set::kLanes;
  static constexpr int kColumns = 2 * kLanes;

  /// A vector of outputs at `place`, of which `count` exist.
  template <typename Number>
  static void store_some(Floats value, Number* place, int count) {
    if (count >= kLanes) return Set::store(value, place);
    Number all[kLanes];
    Set::store(value, all);
    for (int i = 0; i < count; ++i) place[i] = all[i];
  }
  template <typename Number>
  static Floats load_some(const Number* place, int count) {
    if (count >= kLanes) return Set::load(place);
    Number all[kLanes] = {};
    for (int i = 0; i < count; ++i) all[i] = place[i];
    return Set::load(all);
  }

  static Floats activated(Floats x, ProductActivation activation) {
    if (activation == ProductActivation::kGelu) return Math::gelu(x);
    if (activation == ProductActivation::kQuickGelu) return Math::quick_gelu(x);
    return x;
  }

  template <typename Number>
  static void finish_vector(const ProductTile& tile, Floats value, int row, int column) {
    const int count = tile.columns - column;
    if (count <= 0) return;
    if (tile.residual != nullptr) {
      value += load_some(static_cast<const Number*>(tile.residual) + row * tile.residual_stride + column, count);
    }
    if (tile.is_rectified) value = Math::larger(Floats{}, value);
    store_some(value, static_cast<Number*>(tile.out) + row * tile.out_stride + column, count);
  }

  template <typename Number>
  static void finish_row(const ProductTile& tile, Floats left, Floats right, int row) {
    if (tile.bias != nullptr) {
      left += Set::load(tile.bias);
      right += Set::load(tile.bias + kLanes);
    }
    if (tile.activation == ProductActivation::kGeglu)
      return finish_vector<Number>(tile, left * Math::gelu(right), row, 0);
    if (tile.activation != ProductActivation::kNone) {
      left = activated(left, tile.activation);
      right = activated(right, tile.activation);
    }
    finish_vector<Number>(tile, left, row, 0);
    finish_vector<Number>(tile, right, row, kLanes);
  }

  template <int kRows>
  static void product_of(const ProductTile& tile) {
    // Rows lie at a multiple of one stride; in threes they need few registers for their addresses.
    constexpr int kThrees = (kRows + 2) / 3;
    const std::int64_t stride = tile.a_stride;
    const char* threes[kThrees];
    for (int i = 0; i < kThrees; ++i) threes[i] = static_cast<const char*>(tile.a) + 3 * i * stride;
    const char* panel = static_cast<const char*>(tile.panel);
    Floats left[kRows] = {}, right[kRows] = {};
    for (std::int64_t group = tile.depth / Set::kGroup; group > 0; --group) {
      const auto left_weights = Set::weights(panel), right_weights = Set::weights(panel + Set::kWeightBytes);
      panel += 2 * Set::kWeightBytes;
#pragma GCC unroll 16
      for (int row = 0; row < kRows; ++row) {
        const auto number = Set::broadcast(threes[row / 3] + (row % 3) * stride);
        left[row] = Set::add_product(left[row], number, left_weights);
        right[row] = Set::add_product(right[row], number, right_weights);
      }
      for (int i = 0; i < kThrees; ++i) threes[i] += Set::kGroup * sizeof(Stored);
    }
    // Through memory, so that what follows asks for no registers that the loop above wants.
    float sums[kRows][kColumns];
#pragma GCC unroll 16
    for (int row = 0; row < kRows; ++row) {
      Set::store(left[row], sums[row]);
      Set::store(right[row], sums[row] + kLanes);
    }
    finish(tile, sums[0]);
  }

  static void finish(const ProductTile& tile, const float* sums) {
    for (int row = 0; row < tile.rows; ++row, sums += kColumns) {
      if (tile.out_is_float) {
        finish_row<float>(tile, Set::load(sums), Set::load(sums + kLanes), row);
      } else {
        finish_row<Stored>(tile, Set::load(sums), Set::load(sums + kLanes), row);
      }
    }
  }

  template <int kRows>
  static void product_up_to(const ProductTile& tile) {
    if (tile.rows == kRows) return product_of<kRows>(tile);
    if constexpr (kRows > 1) product_up_to<kRows - 1>(tile);
  }

  static void product(const ProductTile& tile) {
    in_blocks<Stored>(tile, Set::kRows, [](const ProductTile& block) { product_up_to<Set::kRows>(block); });
  }

  static void winograd_input(const WinogradInputTile& tile) {
    const Stored* pixels[16];
    for (int i = 0; i < 16; ++i) pixels[i] = static_cast<const Stored*>(tile.pixels[i]);
    auto* out = static_cast<Stored*>(tile.out);
    for (std::int64_t c = 0; c < tile.channels; c += kLanes) {
      const int count = static_cast<int>(tile.channels - c < kLanes ? tile.channels - c : kLanes);
      Floats half[4][4];  // B^T d
#pragma GCC unroll 4
      for (int x = 0; x < 4; ++x) {
        const Floats d0 = load_some(pixels[x] + c, count), d1 = load_some(pixels[4 + x] + c, count);
        const Floats d2 = load_some(pixels[8 + x] + c, count), d3 = load_some(pixels[12 + x] + c, count);
        half[0][x] = d0 - d2;
        half[1][x] = d1 + d2;
        half[2][x] = d2 - d1;
        half[3][x] = d1 - d3;
      }
#pragma GCC unroll 4
      for (int y = 0; y < 4; ++y) {
        Stored* row = out + 4 * y * tile.position_stride + c;
        store_some(half[y][0] - half[y][2], row, count);
        store_some(half[y][1] + half[y][2], row + tile.position_stride, count);
        store_some(half[y][2] - half[y][1], row + 2 * tile.position_stride, count);
        store_some(half[y][1] - half[y][3], row + 3 * tile.position_stride, count);
      }
    }
  }

  static void finish_pixel(const WinogradOutputTile& tile, int pixel, Floats value, int column, int count) {
    if (tile.out[pixel] == nullptr) return;
    if (tile.residual[pixel] != nullptr) {
      value += load_some(static_cast<const Stored*>(tile.residual[pixel]) + column, count);
    }
    if (tile.is_rectified) value = Math::larger(Floats{}, value);
    store_some(value, static_cast<Stored*>(tile.out[pixel]) + column, count);
  }

  static void winograd_output(const WinogradOutputTile& tile) {
    const std::int64_t stride = tile.position_stride;
    for (int column = 0; column < tile.columns; column += kLanes) {
      const int count = tile.columns - column < kLanes ? tile.columns - column : kLanes;
      Floats half[2][4];  // A^T m
#pragma GCC unroll 4
      for (int x = 0; x < 4; ++x) {
        const float* m = tile.products + x * stride + column;
        const Floats m1 = Set::load(m + 4 * stride), m2 = Set::load(m + 8 * stride);
        half[0][x] = Set::load(m) + m1 + m2;
        half[1][x] = m1 - m2 - Set::load(m + 12 * stride);
      }
      Floats start = Set::load(tile.bias + column);
      if (tile.shift != nullptr) start += load_some(tile.shift + column, count);
#pragma GCC unroll 2
      for (int y = 0; y < 2; ++y) {
        finish_pixel(tile, 2 * y, start + (half[y][0] + half[y][1] + half[y][2]), column, count);
        finish_pixel(tile, 2 * y + 1, start + (half[y][1] - half[y][2] - half[y][3]), column, count);
      }
    }
  }

  static constexpr ProductKernels kernels() {
    return {.rows = Set::kRows,
            .columns = kColumns,
            .group = Set::kGroup,
            .together = kColumns,
            .product = product,
            .winograd_input = winograd_input,
            .winograd_output = winograd_output};
  }
};

}  // namespace
}  // namespace fude::ops::cpu
