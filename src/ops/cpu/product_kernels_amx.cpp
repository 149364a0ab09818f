#include "ops/cpu/product_tiles.h"
#include "ops/cpu/vectors_avx512_bf16.h"

namespace fude::ops::cpu {
namespace {

constexpr ProductKernels kKernels = TileLoops<Bfloat16Pairs, AmxTiles>::kernels();

}  // namespace

const ProductKernels& amx_product_kernels(Element element) {
  return element == Element::kBfloat16 ? kKernels : avx512_product_kernels(element);
}

}  // namespace fude::ops::cpu
