#include "ops/cpu/vector_avx2.h"
// After the vectors that it is made of.
#include "ops/cpu/row_kernels.inl"

namespace fude::ops::cpu {

const RowKernels<float> kAvx2FloatRows = kRows<float>;
const RowKernels<std::uint16_t> kAvx2Bf16Rows = kRows<std::uint16_t>;

}  // namespace fude::ops::cpu
