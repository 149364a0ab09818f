#include "ops/cpu/attention_algorithm.h"
#include "ops/cpu/attention_avx512.h"

namespace fude::ops::cpu {

constexpr AttentionKernel<std::uint16_t> kAttentionAvx512Bf16 =
    Attention<VectorProducts<Avx512Bf16>, std::uint16_t>::kernel();

}  // namespace fude::ops::cpu
