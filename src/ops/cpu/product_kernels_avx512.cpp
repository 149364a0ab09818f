#include "ops/cpu/product_loops.h"
#include "ops/cpu/vectors_avx512.h"

namespace fude::ops::cpu {
namespace {

constexpr ProductKernels kFloatKernels = Loops<FloatProducts<Avx512Vectors, 12>>::kernels();
constexpr ProductKernels kBfloat16Kernels = Loops<WidenedProducts<Avx512Vectors, 12>>::kernels();

}  // namespace

const ProductKernels& avx512_product_kernels(Element element) {
  return element == Element::kBfloat16 ? kBfloat16Kernels : kFloatKernels;
}

}  // namespace fude::ops::cpu
