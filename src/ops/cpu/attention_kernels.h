#pragma once

#include <cstdint>

namespace fude::ops::cpu {

/// One head of one picture in scaled dot-product attention (arXiv:1706.03762, eq. 1). Row n of the queries begins at
/// queries + n * query_stride and holds `depth` numbers, likewise the others; strides are in numbers.
template <typename Number>
struct AttentionHead {
  const Number* queries = nullptr;  ///< [tokens, depth]
  const Number* keys = nullptr;     ///< [context, depth]
  const Number* values = nullptr;   ///< [context, depth]
  Number* out = nullptr;            ///< [tokens, depth]; may not overlap the others
  std::int64_t query_stride = 0, key_stride = 0, value_stride = 0, out_stride = 0;
  std::int64_t tokens = 0, context = 0, depth = 0;  ///< each at least 1
  float scale = 1;                                  ///< of scores: 1 / sqrt(depth)
  bool is_causal = false;                           ///< query n sees keys 0..n only
};

/// What one instruction set makes of it. Keys and values of a head are packed once, in pieces that may run at the same
/// time; then any range of queries is attended to, with results that do not depend on the range. Scores are kept for a
/// few queries and keys at a time; exponentials and sums are floats. Number is float, or bfloat16 as its 16 bits.
/// Buffers begin at multiples of 64 bytes.
template <typename Number>
struct AttentionKernel {
  std::int64_t query_block = 0;  ///< queries that are worked on together: ranges had better begin at multiples
  std::int64_t (*packed_bytes)(std::int64_t context, std::int64_t depth) = nullptr;
  std::int64_t (*scratch_bytes)(std::int64_t depth) = nullptr;  ///< for each thread, in pack and attend
  std::int64_t (*pack_pieces)(std::int64_t context, std::int64_t depth) = nullptr;
  void (*pack)(const AttentionHead<Number>& head, std::int64_t piece, void* packed, void* scratch) = nullptr;
  void (*attend)(const AttentionHead<Number>& head, const void* packed, std::int64_t first_query,
                 std::int64_t last_query, void* scratch) = nullptr;
};

// One a file: see there. Only for processors of that set.
extern const AttentionKernel<float> kAttentionAvx2;
extern const AttentionKernel<float> kAttentionAvx512;
extern const AttentionKernel<std::uint16_t> kAttentionAvx2OfBf16;    ///< widened to float
extern const AttentionKernel<std::uint16_t> kAttentionAvx512OfBf16;  ///< widened to float
extern const AttentionKernel<std::uint16_t> kAttentionAvx512Bf16;
extern const AttentionKernel<std::uint16_t> kAttentionAmx;
extern const AttentionKernel<std::uint16_t> kAttentionEmulatedAmx;  ///< for tests; needs kAvx512Bf16

}  // namespace fude::ops::cpu
