#include <immintrin.h>

#include "ops/cpu/peak_kernels.h"

namespace fude::ops::cpu {
namespace {

constexpr int kRows = 16, kColumns = 16, kDepth = 32;  // of one product of tiles
constexpr int kTiles = 8, kProducts = 4;

/// What "ldtilecfg" reads (Intel's manual, vol. 1, sec. 18.2.2).
struct alignas(64) TileConfig {
  std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
  std::uint16_t bytes_a_row[16] = {};
  std::uint8_t rows[16] = {};
};

void configure() {
  TileConfig config;
  for (int tile = 0; tile < kTiles; ++tile) {
    config.bytes_a_row[tile] = 64;
    config.rows[tile] = kRows;
  }
  asm volatile("" : : "r"(&config) : "memory");  // gcc 12 believes that only its first bytes are read
  _tile_loadconfig(&config);
}

void run(std::int64_t rounds, float* sums) {
  configure();
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  _tile_zero(4);
  _tile_zero(5);
  _tile_zero(6);
  _tile_zero(7);
  for (std::int64_t round = 0; round < rounds; ++round) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  alignas(64) float first[kRows * kColumns];
  _tile_stored(0, first, 64);
  asm volatile("" : : "r"(first) : "memory");
  for (int column = 0; column < kColumns; ++column) sums[column] = first[column];
  _tile_release();
}

}  // namespace

PeakKernel amx_peak_kernel() { return {.run = run, .operations = 2.0 * kRows * kColumns * kDepth * kProducts}; }

}  // namespace fude::ops::cpu
