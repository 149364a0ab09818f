#include "ops/library_attention.h"

#include <torch/version.h>

namespace fude::ops {

#if TORCH_VERSION_MAJOR >= 2

namespace {

constexpr int64_t kWidestHead = 256;  // of FlashAttention-2 (arXiv:2307.08691) as the library has it

// [B,N,h*d] -> [B,h,N,d]
at::Tensor split_heads(const at::Tensor& x, int64_t heads) { return x.unflatten(2, {heads, -1}).transpose(1, 2); }

}  // namespace

std::optional<at::Tensor> library_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                            AttentionOptions options) {
  if (q.size(2) / options.heads > kWidestHead) return std::nullopt;
  const at::Tensor out = at::scaled_dot_product_attention(split_heads(q, options.heads), split_heads(k, options.heads),
                                                          split_heads(v, options.heads), /*attn_mask=*/{},
                                                          /*dropout_p=*/0.0, options.is_causal);
  return out.transpose(1, 2).flatten(2);
}

#else

std::optional<at::Tensor> library_attention(const at::Tensor&, const at::Tensor&, const at::Tensor&, AttentionOptions) {
  return std::nullopt;
}

#endif

}  // namespace fude::ops
