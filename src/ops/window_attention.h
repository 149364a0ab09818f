#pragma once

#include <ATen/ATen.h>

namespace fude::ops {

struct WindowAttentionOptions {
  int64_t heads = 1;
  at::Tensor bias;     // [heads,N,M], added to the scores
  at::Tensor regions;  // [W,N] or undefined; then N == M, and tokens of different regions hardly see each other: their
                       // scores are lower by 100, as Swin's masks have it
};

/// Attention inside windows (Liu et al. 2021, arXiv:2103.14030, eq. 4): q [W,N,D], k and v [W,M,D], heads side by side
/// in D -> [W,N,D]. Scores and softmax are in fp32. For inference.
at::Tensor window_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const WindowAttentionOptions& options);

}  // namespace fude::ops
