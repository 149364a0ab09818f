#include "ops/cpu/row_kernels.h"

namespace fude::ops::cpu {

template <>
const RowKernels<float>& row_kernels(InstructionSet set) {
#if defined(__x86_64__)
  if (set >= InstructionSet::kAvx512) return kAvx512FloatRows;
  if (set >= InstructionSet::kAvx2) return kAvx2FloatRows;
#endif
  static_cast<void>(set);
  return kPortableFloatRows;
}

template <>
const RowKernels<std::uint16_t>& row_kernels(InstructionSet set) {
#if defined(__x86_64__)
  if (set >= InstructionSet::kAvx512Bf16) return kAvx512NativeBf16Rows;
  if (set >= InstructionSet::kAvx512) return kAvx512Bf16Rows;
  if (set >= InstructionSet::kAvx2) return kAvx2Bf16Rows;
#endif
  static_cast<void>(set);
  return kPortableBf16Rows;
}

}  // namespace fude::ops::cpu
