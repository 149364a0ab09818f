#include "ops/cpu/amx_tiles.h"
#include "ops/cpu/peak_kernels.h"

namespace fude::ops::cpu {
namespace {

constexpr int kColumns = 16, kDepth = 32;  // of one product of tiles
constexpr int kProducts = 4;               // in a round

void run(std::int64_t rounds, float* sums) {
  AmxTiles tiles;
  tiles.zero<0>();
  tiles.zero<1>();
  tiles.zero<2>();
  tiles.zero<3>();
  tiles.zero<4>();
  tiles.zero<5>();
  tiles.zero<6>();
  tiles.zero<7>();
  for (std::int64_t round = 0; round < rounds; ++round) {
    tiles.multiply_add<0, 4, 6>();
    tiles.multiply_add<1, 4, 7>();
    tiles.multiply_add<2, 5, 6>();
    tiles.multiply_add<3, 5, 7>();
  }
  alignas(64) float first[kTileRows * kColumns];
  tiles.store<0>(first, kTileRowBytes);
  for (int column = 0; column < kColumns; ++column) sums[column] = first[column];
}

}  // namespace

PeakKernel amx_peak_kernel() { return {.run = run, .operations = 2.0 * kTileRows * kColumns * kDepth * kProducts}; }

}  // namespace fude::ops::cpu
