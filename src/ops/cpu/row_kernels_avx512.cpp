#include "ops/cpu/vector_avx512.h"
// After the vectors that it is made of.
#include "ops/cpu/row_kernels.inl"

namespace fude::ops::cpu {

const RowKernels<float> kAvx512FloatRows = kRows<float>;
const RowKernels<std::uint16_t> kAvx512Bf16Rows = kRows<std::uint16_t>;

}  // namespace fude::ops::cpu
