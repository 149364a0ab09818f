#pragma once

#include <ATen/ATen.h>

namespace fude::ops {

struct AttentionOptions {
  int64_t heads = 1;
  bool is_causal = false;  // token n sees tokens 0..n only; needs N == M
};

/// Scaled dot-product attention (arXiv:1706.03762, eq. 1). q [B,N,D], k and v [B,M,D], heads side by side in D
/// -> [B,N,D]. Scores of at most 256 MB exist at a time, whatever N and M are; none beyond the caches where our own
/// kernels run (cpu/attention.h). Differentiable. Scores that are infinite or not a number give NaN in their row.
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, AttentionOptions options);

}  // namespace fude::ops
