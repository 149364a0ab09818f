#pragma once

// Matrix products by tiles (amx_tiles.h), for the files that product_loops.h is for.

#include <cstdint>

#include "ops/cpu/amx_tiles.h"
#include "ops/cpu/product_int8.h"
#include "ops/cpu/product_loops.h"

namespace fude::ops::cpu {
namespace {

/// What tiles multiply: bfloat16 in pairs, summed as floats.
struct Bfloat16InTiles {
  using Sum = float;
  static constexpr int kNumberBytes = 2;

  template <int kSum, int kLeft, int kRight, typename Tiles>
  static void multiply_add(Tiles& tiles) {
    tiles.template multiply_add<kSum, kLeft, kRight>();
  }
};

/// Or unsigned bytes by signed ones in fours, summed as whole numbers.
struct BytesInTiles {
  using Sum = std::int32_t;
  static constexpr int kNumberBytes = 1;

  template <int kSum, int kLeft, int kRight, typename Tiles>
  static void multiply_add(Tiles& tiles) {
    tiles.template multiply_add_bytes<kSum, kLeft, kRight>();
  }
};

/// Rows that are multiplied together, at most 32.
struct TileRows {
  const char* first;
  std::int64_t stride;  // bytes
  int count;
};

/// Blocks of 32 rows by the 32 columns of a panel, in two by two tiles of sums. A step of a panel is two tiles, each
/// contiguous: 16 pairs or fours along the depth of 16 columns. Tiles 0 to 3 sum; 4 and 5 are of rows, 6 and 7 of the
/// panel. kTwo: there are more than 16 rows.
template <typename Tiles, typename Numbers>
struct TileBlocks {
  using Sum = typename Numbers::Sum;
  static constexpr int kColumns = 32, kRows = 2 * kTileRows, kStep = kTileRowBytes / Numbers::kNumberBytes;
  static constexpr std::int64_t kTileBytes = kTileRows * kTileRowBytes, kSumStride = kColumns * sizeof(Sum);
  static_assert(sizeof(Sum) == 4);

  /// A tile of rows of which some do not exist: these stay zero.
  struct alignas(64) Copy {
    char bytes[kTileBytes] = {};
  };

  template <int kTile>
  static void load_rows(Tiles& tiles, const TileRows& rows, Copy& copy) {
    if (rows.count == kTileRows) return tiles.template load<kTile>(rows.first, rows.stride);
    for (int row = 0; row < rows.count; ++row)
      __builtin_memcpy(copy.bytes + row * kTileRowBytes, rows.first + row * rows.stride, kTileRowBytes);
    tiles.template load<kTile>(copy.bytes, kTileRowBytes);
  }

  template <bool kTwo>
  static void add_products(Tiles& tiles, const TileRows& rows, const char* panel, std::int64_t steps) {
    TileRows upper{rows.first, rows.stride, kTwo ? kTileRows : rows.count};
    TileRows lower{rows.first + kTileRows * rows.stride, rows.stride, rows.count - kTileRows};
    Copy upper_copy, lower_copy;
    for (; steps > 0; --steps, panel += 2 * kTileBytes) {
      load_rows<4>(tiles, upper, upper_copy);
      tiles.template load<6>(panel, kTileRowBytes);
      Numbers::template multiply_add<0, 4, 6>(tiles);
      tiles.template load<7>(panel + kTileBytes, kTileRowBytes);
      Numbers::template multiply_add<1, 4, 7>(tiles);
      if constexpr (kTwo) {
        load_rows<5>(tiles, lower, lower_copy);
        Numbers::template multiply_add<2, 5, 6>(tiles);
        Numbers::template multiply_add<3, 5, 7>(tiles);
      }
      upper.first += kTileRowBytes;
      lower.first += kTileRowBytes;
    }
  }

  static void zero_sums(Tiles& tiles) {
    tiles.template zero<0>();
    tiles.template zero<1>();
    tiles.template zero<2>();
    tiles.template zero<3>();
  }

  template <bool kTwo>
  static void load_sums(Tiles& tiles, const Sum* sums) {
    tiles.template load<0>(sums, kSumStride);
    tiles.template load<1>(sums + 16, kSumStride);
    if constexpr (kTwo) {
      tiles.template load<2>(sums + 16 * kColumns, kSumStride);
      tiles.template load<3>(sums + 16 * kColumns + 16, kSumStride);
    }
  }

  template <bool kTwo>
  static void store_sums(const Tiles& tiles, Sum* sums) {
    tiles.template store<0>(sums, kSumStride);
    tiles.template store<1>(sums + 16, kSumStride);
    if constexpr (kTwo) {
      tiles.template store<2>(sums + 16 * kColumns, kSumStride);
      tiles.template store<3>(sums + 16 * kColumns + 16, kSumStride);
    }
  }

  template <bool kTwo>
  static void sum_rows(Tiles& tiles, const ProductTile& tile, Sum* sums) {
    zero_sums(tiles);
    add_products<kTwo>(tiles, {static_cast<const char*>(tile.a), tile.a_stride, tile.rows},
                       static_cast<const char*>(tile.panel), tile.depth / kStep);
    store_sums<kTwo>(tiles, sums);
  }

  /// The sums of at most kRows rows; `sums` has room for kRows.
  static void sum(Tiles& tiles, const ProductTile& tile, Sum* sums) {
    return tile.rows > kTileRows ? sum_rows<true>(tiles, tile, sums) : sum_rows<false>(tiles, tile, sums);
  }
};

/// Products of bfloat16; `Set` finishes the sums.
template <typename Set, typename Tiles>
struct TileLoops {
  using Blocks = TileBlocks<Tiles, Bfloat16InTiles>;
  using Finish = Loops<Set>;
  static constexpr int kColumns = Blocks::kColumns, kRows = Blocks::kRows;
  static_assert(Finish::kColumns == kColumns && sizeof(typename Set::Stored) == 2);

  template <bool kTwo>
  static void sum_shifted(Tiles& tiles, const ShiftedProduct& block) {
    if (block.adds) {
      Blocks::template load_sums<kTwo>(tiles, block.sums);
    } else {
      Blocks::zero_sums(tiles);
    }
    const char* panel = static_cast<const char*>(block.panel);
    for (int tap = 0; tap < block.taps; ++tap, panel += block.depth * kColumns * 2) {
      const char* first = static_cast<const char*>(block.a) + block.shifts[tap];
      Blocks::template add_products<kTwo>(tiles, {first, block.a_stride, static_cast<int>(block.rows)}, panel,
                                          block.depth / Blocks::kStep);
    }
    Blocks::template store_sums<kTwo>(tiles, block.sums);
  }

  static void shifted_product(const ShiftedProduct& product) {
    Tiles tiles;
    ShiftedProduct block = product;
    for (std::int64_t row = 0; row < product.rows; row += kRows) {
      block.rows = product.rows - row < kRows ? product.rows - row : kRows;
      block.a = static_cast<const char*>(product.a) + row * product.a_stride;
      block.sums = product.sums + row * kColumns;
      block.rows > kTileRows ? sum_shifted<true>(tiles, block) : sum_shifted<false>(tiles, block);
    }
  }

  static void product(const ProductTile& tile) {
    Tiles tiles;
    in_blocks<typename Set::Stored>(tile, kRows, [&](const ProductTile& block) {
      alignas(64) float sums[kRows * kColumns];
      Blocks::sum(tiles, block, sums);
      Finish::finish(block, sums);
    });
  }

  static constexpr ProductKernels kernels() {
    return {.rows = kRows,
            .columns = kColumns,
            .group = Blocks::kStep,
            .together = 16,
            .cached_row_bytes = 1 << 20,  // processors with tiles have 2 MB a core, and a slow cache behind it
            .product = product,
            .shifted_product = shifted_product,
            .finish = Finish::finish};
  }
};

/// Products of whole numbers in 8 bits, finished as product_int8.h does on every processor.
template <typename Tiles>
struct Int8TileLoops {
  using Blocks = TileBlocks<Tiles, BytesInTiles>;
  static_assert(Blocks::kColumns == kInt8Columns && Blocks::kRows <= kMostInt8Rows);

  static void product(const ProductTile& tile) {
    Tiles tiles;
    in_blocks<std::uint16_t>(tile, Blocks::kRows, [&](const ProductTile& block) {
      alignas(64) std::int32_t sums[Blocks::kRows * kInt8Columns];
      Blocks::sum(tiles, block, sums);
      avx512_finish_int8(block, sums);
    });
  }

  static constexpr ProductKernels kernels() {
    return {.rows = Blocks::kRows,
            .columns = kInt8Columns,
            .group = Blocks::kStep,
            .together = 16,
            .cached_row_bytes = 1 << 20,  // as above
            .product = product,
            .quantise = avx512_quantise};
  }
};

}  // namespace
}  // namespace fude::ops::cpu
