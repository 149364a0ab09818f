#include "tests/ops/cpu/emulated_tile_kernels.h"

#include "ops/cpu/product_tiles.h"
#include "ops/cpu/vector_math.h"

namespace fude::ops::cpu {
namespace {

/// Sixteen floats, number by number.
struct PlainVectors {
  static constexpr int kLanes = 16;
  using Floats = VectorMath<kLanes>::Floats;
  using Stored = std::uint16_t;

  template <typename Number>
  static Floats load(const Number* place) {
    Floats value;
    for (int i = 0; i < kLanes; ++i) value[i] = cpu::load(place[i]);
    return value;
  }
  template <typename Number>
  static void store(Floats value, Number* place) {
    for (int i = 0; i < kLanes; ++i) cpu::store(value[i], place[i]);
  }
};

constexpr ProductKernels kKernels = TileLoops<PlainVectors, EmulatedTiles>::kernels();
#if defined(__x86_64__)
constexpr ProductKernels kInt8Kernels = Int8TileLoops<EmulatedTiles>::kernels();
#endif

}  // namespace

const ProductKernels& emulated_tile_kernels() { return kKernels; }

#if defined(__x86_64__)
const ProductKernels& emulated_int8_tile_kernels() { return kInt8Kernels; }
#endif

}  // namespace fude::ops::cpu
