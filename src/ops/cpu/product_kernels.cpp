#include "ops/cpu/product_kernels.h"

#include "core/error.h"

namespace fude::ops::cpu {

const ProductKernels& product_kernels(InstructionSet set, Element element) {
#if defined(__x86_64__)
  if (set == InstructionSet::kAvx2) return avx2_product_kernels(element);
  if (set == InstructionSet::kAvx512) return avx512_product_kernels(element);
  if (set == InstructionSet::kAvx512Bf16) return avx512_bf16_product_kernels(element);
  if (set == InstructionSet::kAmx) return amx_product_kernels(element);
#endif
  fail(ErrorCode::kInvalidArgument, "there are no kernels for '{}'", name_of(set));
}

const ProductKernels& int8_product_kernels(InstructionSet set) {
#if defined(__x86_64__)
  if (multiplies_int8(set)) {
    return set == InstructionSet::kAmx ? amx_int8_product_kernels() : avx512_int8_product_kernels();
  }
#endif
  fail(ErrorCode::kInvalidArgument, "there are no kernels in 8 bits for '{}'", name_of(set));
}

}  // namespace fude::ops::cpu
