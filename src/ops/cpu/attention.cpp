#include "ops/cpu/attention.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "ops/cpu/aligned_buffer.h"
#include "ops/cpu/attention_kernels.h"
#include "ops/cpu/instruction_set.h"
#include "ops/cpu/round_up.h"
#include "ops/cpu/share_out.h"
#include "ops/cpu/thread_pool.h"

namespace fude::ops::cpu {
namespace {

constexpr std::int64_t kPackedAtOnce = std::int64_t{8} << 20;  // bytes, of heads that are worked on one after the other
constexpr std::int64_t kPieceWork = std::int64_t{8} << 20;     // floating-point operations: some ten microseconds

const AttentionKernel<float>& kernel_for(float) {
#if defined(__x86_64__)
  return instruction_set() == InstructionSet::kAvx2 ? kAttentionAvx2 : kAttentionAvx512;
#else
  fail(ErrorCode::kInvalidArgument, "there are no attention kernels for this processor");
#endif
}

const AttentionKernel<std::uint16_t>& kernel_for(std::uint16_t) {
#if defined(__x86_64__)
  switch (instruction_set()) {
    case InstructionSet::kPortable:
    case InstructionSet::kAvx2: return kAttentionAvx2OfBf16;
    case InstructionSet::kAvx512: return kAttentionAvx512OfBf16;
    case InstructionSet::kAvx512Bf16: return kAttentionAvx512Bf16;
    case InstructionSet::kAmx: return kAttentionAmx;
  }
#endif
  fail(ErrorCode::kInvalidArgument, "there are no attention kernels for this processor");
}

at::Tensor rows_in_order(const at::Tensor& t) { return t.stride(2) == 1 || t.size(2) == 1 ? t : t.contiguous(); }

/// The heads of all pictures, one after the other.
template <typename Number>
struct Heads {
  const at::Tensor &q, &k, &v, &out;
  AttentionOptions options;

  std::int64_t count() const { return q.size(0) * options.heads; }

  static Number* numbers(const at::Tensor& t, std::int64_t picture) {
    return elements<Number>(t) + picture * t.stride(0);
  }

  AttentionHead<Number> at(std::int64_t index) const {
    const std::int64_t depth = q.size(2) / options.heads;
    const std::int64_t picture = index / options.heads, first = index % options.heads * depth;
    return {.queries = numbers(q, picture) + first,
            .keys = numbers(k, picture) + first,
            .values = numbers(v, picture) + first,
            .out = numbers(out, picture) + first,
            .query_stride = q.stride(1),
            .key_stride = k.stride(1),
            .value_stride = v.stride(1),
            .out_stride = out.stride(1),
            .tokens = q.size(1),
            .context = k.size(1),
            .depth = depth,
            .scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(depth))),
            .is_causal = options.is_causal};
  }
};

/// Heads [first, last): packs them all, then takes their queries in pieces.
template <typename Number>
void attend(const AttentionKernel<Number>& kernel, const Heads<Number>& heads, std::int64_t first, std::int64_t last,
            std::uint8_t* packed) {
  const AttentionHead<Number> any = heads.at(first);
  const std::int64_t packed_bytes = kernel.packed_bytes(any.context, any.depth);
  const auto scratch_bytes = static_cast<std::size_t>(kernel.scratch_bytes(any.depth));
  const std::int64_t parts = kernel.pack_pieces(any.context, any.depth);
  compute_pool().run((last - first) * parts, [&](std::int64_t i) {
    const std::int64_t head = i / parts;
    kernel.pack(heads.at(first + head), i % parts, packed + head * packed_bytes, thread_scratch(scratch_bytes));
  });

  const std::int64_t block_work = 4 * kernel.query_block * any.context * any.depth;
  const std::int64_t piece = kernel.query_block * std::max<std::int64_t>(1, kPieceWork / block_work);
  const std::int64_t pieces = divide_up(any.tokens, piece);
  compute_pool().run((last - first) * pieces, [&](std::int64_t i) {
    const std::int64_t head = i / pieces, query = i % pieces * piece;
    kernel.attend(heads.at(first + head), packed + head * packed_bytes, query, std::min(query + piece, any.tokens),
                  thread_scratch(scratch_bytes));
  });
}

template <typename Number>
void attend_all(const Heads<Number>& heads) {
  const AttentionKernel<Number>& kernel = kernel_for(Number{});
  const AttentionHead<Number> any = heads.at(0);
  const std::int64_t packed_bytes = kernel.packed_bytes(any.context, any.depth);
  const std::int64_t at_once = std::clamp<std::int64_t>(kPackedAtOnce / packed_bytes, 1, heads.count());
  const at::Tensor packed = at::empty({at_once * packed_bytes}, at::kByte);
  for (std::int64_t first = 0; first < heads.count(); first += at_once)
    attend(kernel, heads, first, std::min(first + at_once, heads.count()), packed.data_ptr<std::uint8_t>());
}

}  // namespace

bool can_attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  if (instruction_set() == InstructionSet::kPortable) return false;
  const at::ScalarType type = q.scalar_type();
  if (type != at::kFloat && type != at::kBFloat16) return false;
  for (const at::Tensor* t : {&q, &k, &v}) {
    if (!t->device().is_cpu() || t->scalar_type() != type || t->numel() == 0) return false;
  }
  return !needs_gradient({q, k, v});
}

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, AttentionOptions options) {
  const at::Tensor queries = rows_in_order(q), keys = rows_in_order(k), values = rows_in_order(v);
  const at::Tensor out = at::empty(q.sizes(), q.options());
  if (q.scalar_type() == at::kFloat) {
    attend_all(Heads<float>{queries, keys, values, out, options});
  } else {
    attend_all(Heads<std::uint16_t>{queries, keys, values, out, options});
  }
  return out;
}

}  // namespace fude::ops::cpu
