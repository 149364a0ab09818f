#include "ops/cpu/vector_avx512.h"
// After the vectors that it is made of.
#include "ops/cpu/row_kernels.inl"

namespace fude::ops::cpu {

const RowKernels<std::uint16_t> kAvx512NativeBf16Rows = kRows<std::uint16_t>;

}  // namespace fude::ops::cpu
