#include "ops/cpu/product_tiles.h"

namespace fude::ops::cpu {
namespace {

constexpr ProductKernels kKernels = Int8TileLoops<AmxTiles>::kernels();

}  // namespace

const ProductKernels& amx_int8_product_kernels() { return kKernels; }

}  // namespace fude::ops::cpu
