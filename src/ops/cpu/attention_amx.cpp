#include "ops/cpu/amx_tiles.h"
#include "ops/cpu/attention_algorithm.h"
#include "ops/cpu/attention_avx512.h"

namespace fude::ops::cpu {

constexpr AttentionKernel<std::uint16_t> kAttentionAmx =
    Attention<TileProducts<Avx512Bf16, AmxTiles>, std::uint16_t>::kernel();
constexpr AttentionKernel<std::uint16_t> kAttentionEmulatedAmx =
    Attention<TileProducts<Avx512Bf16, EmulatedTiles>, std::uint16_t>::kernel();

}  // namespace fude::ops::cpu
