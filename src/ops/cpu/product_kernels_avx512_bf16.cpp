#include "ops/cpu/product_loops.h"
#include "ops/cpu/vectors_avx512_bf16.h"

namespace fude::ops::cpu {
namespace {

constexpr ProductKernels kKernels = Loops<Bfloat16Pairs>::kernels();

}  // namespace

const ProductKernels& avx512_bf16_product_kernels(Element element) {
  return element == Element::kBfloat16 ? kKernels : avx512_product_kernels(element);
}

}  // namespace fude::ops::cpu
