#pragma once

#include "ops/cpu/attention_panels.h"

/// The products of attention in two ways of the same form: a packed panel of rows times a block of units over two
/// vectors of queries, [rows][units] x [units][2 vectors] -> [rows][2 vectors] of floats.
// In an anonymous namespace because every file compiles this for the instruction set of its own.
namespace fude::ops::cpu {
namespace {

/// Products of vectors: each unit of a row is spread over a vector and multiplied by both vectors of queries.
/// A panel is [units][rows].
template <typename VectorsOfSet>
struct VectorProducts {
  using Vectors = VectorsOfSet;
  using Vector = typename Vectors::Vector;
  using Panels = EvenPanels;
  static constexpr int kRows = Vectors::kRows;
  static constexpr std::int64_t kUnitMultiple = 1;  // that units come in
  static constexpr std::int64_t kLanes = 2 * Vectors::kLanes;

  /// Rows that a panel of so many takes room for.
  static std::int64_t padded_rows(std::int64_t rows) { return rows; }

  /// A panel of rows, units along them.
  template <typename Number>
  static void pack_rows(const UnitRows<Vectors, Number>& from, std::int64_t first, std::int64_t rows,
                        std::int64_t units, std::uint32_t* panel) {
    transpose_units(from, first, rows, units, as_floats(panel), rows);
  }

  /// Units [first_unit, last_unit) across rows, of the numbers from `first` on; `panel` is that of first_unit.
  template <typename Number>
  static void pack_columns(const UnitRows<Vectors, Number>& from, std::int64_t first_unit, std::int64_t last_unit,
                           std::int64_t first, std::int64_t rows, std::uint32_t* panel) {
    for (std::int64_t unit = first_unit; unit < last_unit; ++unit, panel += rows) {
      for (std::int64_t row = 0; row < rows; row += Vectors::kLanes)
        Vectors::store_first(as_floats(panel) + row, from.across(unit, first + row), rows - row);
    }
  }

  template <bool kAdds>
  void multiply(std::int64_t rows, const std::uint32_t* panel, const std::uint32_t* units, std::int64_t count,
                float* out) {
    multiply_from<kAdds, 1>(rows, panel, units, count, out);
  }

 private:
  template <bool kAdds, int kFirst>
  static void multiply_from(std::int64_t rows, const std::uint32_t* panel, const std::uint32_t* units,
                            std::int64_t count, float* out) {
    if constexpr (kFirst < kRows) {
      if (rows != kFirst) return multiply_from<kAdds, kFirst + 1>(rows, panel, units, count, out);
    }
    multiply_rows<kAdds, kFirst>(panel, units, count, out);
  }

  template <bool kAdds, int kCount>
  __attribute__((noinline)) static void multiply_rows(const std::uint32_t* panel, const std::uint32_t* units,
                                                      std::int64_t count, float* out) {
    Vector sums[kCount][2];
#pragma GCC unroll 16
    for (int row = 0; row < kCount; ++row) sums[row][0] = sums[row][1] = Vectors::zero();
    for (std::int64_t i = 0; i < count; ++i) {
      const Vector low = Vectors::load(as_floats(units)), high = Vectors::load(as_floats(units) + Vectors::kLanes);
#pragma GCC unroll 16
      for (int row = 0; row < kCount; ++row) {
        const Vector unit = Vectors::unit(panel + row);
        sums[row][0] = Vectors::add_product(sums[row][0], low, unit);
        sums[row][1] = Vectors::add_product(sums[row][1], high, unit);
      }
      units += kLanes;
      panel += kCount;
    }
#pragma GCC unroll 16
    for (int row = 0; row < kCount; ++row) {
      for (int half = 0; half < 2; ++half) {
        float* to = out + row * kLanes + half * Vectors::kLanes;
        if constexpr (kAdds) {
          Vectors::store(to, Vectors::add(Vectors::load(to), sums[row][half]));
        } else {
          Vectors::store(to, sums[row][half]);
        }
      }
    }
  }
};

/// Products of tiles (amx_tiles.h), for vectors of 16 lanes. A panel is [units / 16][rows / 16] tiles of 16 rows by 16
/// units.
template <typename VectorsOfSet, typename Tiles>
struct TileProducts {
  using Vectors = VectorsOfSet;
  using Panels = FullPanels;
  static constexpr int kRows = 32;
  static constexpr std::int64_t kUnitMultiple = 16;
  static constexpr std::int64_t kLanes = 2 * Vectors::kLanes;

  static std::int64_t padded_rows(std::int64_t rows) { return round_up(rows, 16); }

  template <typename Number>
  static void pack_rows(const UnitRows<Vectors, Number>& from, std::int64_t first, std::int64_t rows,
                        std::int64_t units, std::uint32_t* panel) {
    for (std::int64_t unit = 0; unit < units; unit += 16) {
      for (std::int64_t row = 0; row < padded_rows(rows); ++row, panel += 16)
        Vectors::store(as_floats(panel), from.along(first + row, unit));
    }
  }

  template <typename Number>
  static void pack_columns(const UnitRows<Vectors, Number>& from, std::int64_t first_unit, std::int64_t last_unit,
                           std::int64_t first, std::int64_t rows, std::uint32_t* panel) {
    for (std::int64_t unit = first_unit; unit < last_unit; unit += 16) {
      for (std::int64_t row = 0; row < rows; row += 16) {
        typename Vectors::Vector block[16];
        for (int i = 0; i < 16; ++i) block[i] = from.across(unit + i, first + row);
        Vectors::transpose(block);
        for (int i = 0; i < 16; ++i, panel += 16) Vectors::store(as_floats(panel), block[i]);
      }
    }
  }

  template <bool kAdds>
  void multiply(std::int64_t rows, const std::uint32_t* panel, const std::uint32_t* units, std::int64_t count,
                float* out) {
    if (rows > 16) {
      multiply_tiles<kAdds, true>(panel, units, count, out);
    } else {
      multiply_tiles<kAdds, false>(panel, units, count, out);
    }
  }

 private:
  // Tiles 0 to 3 sum two tiles of rows by two of queries; 4 and 5 are the queries', 6 and 7 the rows'.
  template <bool kAdds, bool kTwo>
  void multiply_tiles(const std::uint32_t* panel, const std::uint32_t* units, std::int64_t count, float* out) {
    constexpr std::int64_t kStride = kLanes * sizeof(float);
    begin_sum<kAdds, 0>(out);
    begin_sum<kAdds, 1>(out + 16);
    if constexpr (kTwo) {
      begin_sum<kAdds, 2>(out + 16 * kLanes);
      begin_sum<kAdds, 3>(out + 16 * kLanes + 16);
    }
    for (std::int64_t i = 0; i < count; i += 16) {
      tiles_.template load<4>(units, kStride);
      tiles_.template load<6>(panel, 64);
      tiles_.template load<5>(units + 16, kStride);
      tiles_.template multiply_add<0, 6, 4>();
      tiles_.template multiply_add<1, 6, 5>();
      if constexpr (kTwo) {
        tiles_.template load<7>(panel + 256, 64);
        tiles_.template multiply_add<2, 7, 4>();
        tiles_.template multiply_add<3, 7, 5>();
      }
      units += 16 * kLanes;
      panel += kTwo ? 512 : 256;
    }
    tiles_.template store<0>(out, kStride);
    tiles_.template store<1>(out + 16, kStride);
    if constexpr (kTwo) {
      tiles_.template store<2>(out + 16 * kLanes, kStride);
      tiles_.template store<3>(out + 16 * kLanes + 16, kStride);
    }
  }

  template <bool kAdds, int kTile>
  void begin_sum(const float* out) {
    if constexpr (kAdds) {
      tiles_.template load<kTile>(out, kLanes * sizeof(float));
    } else {
      tiles_.template zero<kTile>();
    }
  }

  Tiles tiles_;
};

}  // namespace
}  // namespace fude::ops::cpu
