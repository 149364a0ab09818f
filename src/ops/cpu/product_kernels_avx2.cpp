#include "ops/cpu/product_loops.h"
#include "ops/cpu/vectors_avx2.h"

namespace fude::ops::cpu {
namespace {

// Sixteen registers: 6 x 2 sums of floats leave room for what they are made of, of widened pairs only 4 x 2.
constexpr ProductKernels kFloatKernels = Loops<FloatProducts<Avx2Vectors, 6>>::kernels();
constexpr ProductKernels kBfloat16Kernels = Loops<WidenedProducts<Avx2Vectors, 4>>::kernels();

}  // namespace

const ProductKernels& avx2_product_kernels(Element element) {
  return element == Element::kBfloat16 ? kBfloat16Kernels : kFloatKernels;
}

}  // namespace fude::ops::cpu
