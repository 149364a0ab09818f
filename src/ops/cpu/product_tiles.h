#pragma once

// Matrix products by tiles (amx_tiles.h), for the files that product_loops.h is for.

#include <cstdint>

#include "ops/cpu/amx_tiles.h"
#include "ops/cpu/product_loops.h"

namespace fude::ops::cpu {
namespace {

/// Blocks of 32 rows by the 32 columns of a panel, in two by two tiles of sums. A step of a panel is two tiles, each
/// contiguous: 16 pairs along the depth of 16 columns. `Set` finishes the sums.
template <typename Set, typename Tiles>
struct TileLoops {
  using Finish = Loops<Set>;
  static constexpr int kColumns = 32, kRows = 2 * kTileRows, kStep = 32;
  static constexpr std::int64_t kTileBytes = kTileRows * kTileRowBytes;
  static_assert(Finish::kColumns == kColumns && sizeof(typename Set::Stored) == 2);

  /// A tile of rows of which some do not exist: these stay zero.
  struct alignas(64) Copy {
    char bytes[kTileBytes] = {};
  };

  struct Rows {
    const char* first;
    std::int64_t stride;
    int count;
  };

  template <int kTile>
  static void load_rows(Tiles& tiles, const Rows& rows, Copy& copy) {
    if (rows.count == kTileRows) return tiles.template load<kTile>(rows.first, rows.stride);
    for (int row = 0; row < rows.count; ++row)
      __builtin_memcpy(copy.bytes + row * kTileRowBytes, rows.first + row * rows.stride, kTileRowBytes);
    tiles.template load<kTile>(copy.bytes, kTileRowBytes);
  }

  /// Tiles 0 to 3 sum; 4 and 5 are of rows, 6 and 7 of the panel. kTwo: there are more than 16 rows.
  template <bool kTwo>
  static void add_products(Tiles& tiles, Rows upper, Rows lower, const char* panel, std::int64_t steps) {
    Copy upper_copy, lower_copy;
    for (; steps > 0; --steps, panel += 2 * kTileBytes) {
      load_rows<4>(tiles, upper, upper_copy);
      tiles.template load<6>(panel, kTileRowBytes);
      tiles.template multiply_add<0, 4, 6>();
      tiles.template load<7>(panel + kTileBytes, kTileRowBytes);
      tiles.template multiply_add<1, 4, 7>();
      if constexpr (kTwo) {
        load_rows<5>(tiles, lower, lower_copy);
        tiles.template multiply_add<2, 5, 6>();
        tiles.template multiply_add<3, 5, 7>();
      }
      upper.first += kTileRowBytes;
      lower.first += kTileRowBytes;
    }
  }

  template <bool kTwo>
  static void load_sums(Tiles& tiles, const float* sums) {
    tiles.template load<0>(sums, kColumns * 4);
    tiles.template load<1>(sums + 16, kColumns * 4);
    if constexpr (kTwo) {
      tiles.template load<2>(sums + 16 * kColumns, kColumns * 4);
      tiles.template load<3>(sums + 16 * kColumns + 16, kColumns * 4);
    }
  }

  template <bool kTwo>
  static void store_sums(const Tiles& tiles, float* sums) {
    tiles.template store<0>(sums, kColumns * 4);
    tiles.template store<1>(sums + 16, kColumns * 4);
    if constexpr (kTwo) {
      tiles.template store<2>(sums + 16 * kColumns, kColumns * 4);
      tiles.template store<3>(sums + 16 * kColumns + 16, kColumns * 4);
    }
  }

  /// The sums of at most kRows rows.
  template <bool kTwo>
  static void sum_block(Tiles& tiles, const ShiftedProduct& block) {
    if (block.adds) {
      load_sums<kTwo>(tiles, block.sums);
    } else {
      tiles.template zero<0>();
      tiles.template zero<1>();
      tiles.template zero<2>();
      tiles.template zero<3>();
    }
    const char* panel = static_cast<const char*>(block.panel);
    const int rows = static_cast<int>(block.rows), in_upper = rows < kTileRows ? rows : kTileRows;
    for (int tap = 0; tap < block.taps; ++tap, panel += block.depth * kColumns * 2) {
      const char* first = static_cast<const char*>(block.a) + block.shifts[tap];
      const Rows upper{first, block.a_stride, in_upper};
      const Rows lower{first + kTileRows * block.a_stride, block.a_stride, rows - in_upper};
      add_products<kTwo>(tiles, upper, lower, panel, block.depth / kStep);
    }
    store_sums<kTwo>(tiles, block.sums);
  }

  static void sum(Tiles& tiles, const ShiftedProduct& block) {
    return block.rows > kTileRows ? sum_block<true>(tiles, block) : sum_block<false>(tiles, block);
  }

  static void shifted_product(const ShiftedProduct& product) {
    Tiles tiles;
    ShiftedProduct block = product;
    for (std::int64_t row = 0; row < product.rows; row += kRows) {
      block.rows = product.rows - row < kRows ? product.rows - row : kRows;
      block.a = static_cast<const char*>(product.a) + row * product.a_stride;
      block.sums = product.sums + row * kColumns;
      sum(tiles, block);
    }
  }

  static void product(const ProductTile& tile) {
    Tiles tiles;
    Finish::in_blocks(tile, kRows, [&](const ProductTile& block) {
      constexpr std::int64_t kInPlace = 0;
      alignas(64) float sums[kRows * kColumns];
      sum(tiles, {.a = block.a,
                  .a_stride = block.a_stride,
                  .shifts = &kInPlace,
                  .panel = block.panel,
                  .depth = block.depth,
                  .rows = block.rows,
                  .sums = sums});
      Finish::finish(block, sums);
    });
  }

  static constexpr ProductKernels kernels() {
    return {.rows = kRows,
            .columns = kColumns,
            .group = kStep,
            .together = 16,
            .cached_row_bytes = 1 << 20,  // processors with tiles have 2 MB a core, and a slow cache behind it
            .product = product,
            .shifted_product = shifted_product,
            .finish = Finish::finish};
  }
};

}  // namespace
}  // namespace fude::ops::cpu
