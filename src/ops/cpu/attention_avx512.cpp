#include "ops/cpu/attention_avx512.h"

#include "ops/cpu/attention_algorithm.h"

namespace fude::ops::cpu {

constexpr AttentionKernel<float> kAttentionAvx512 = Attention<VectorProducts<Avx512>, float>::kernel();
constexpr AttentionKernel<std::uint16_t> kAttentionAvx512OfBf16 =
    Attention<VectorProducts<Avx512>, std::uint16_t>::kernel();

}  // namespace fude::ops::cpu
