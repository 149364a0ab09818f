#include "ops/cpu/attention_avx2.h"

#include "ops/cpu/attention_algorithm.h"

namespace fude::ops::cpu {

constexpr AttentionKernel<float> kAttentionAvx2 = Attention<VectorProducts<Avx2>, float>::kernel();
constexpr AttentionKernel<std::uint16_t> kAttentionAvx2OfBf16 =
    Attention<VectorProducts<Avx2>, std::uint16_t>::kernel();

}  // namespace fude::ops::cpu
