#pragma once

#include <ATen/ATen.h>

namespace fude::ops {

/// x * sigmoid(x) (Elfwing et al. 2017, arXiv:1702.03118).
at::Tensor silu(const at::Tensor& x);

/// x * sigmoid(1.702 x): OpenAI CLIP's approximation of GELU.
at::Tensor quick_gelu(const at::Tensor& x);

/// Exact (erf) GELU (Hendrycks and Gimpel 2016, arXiv:1606.08415).
at::Tensor gelu(const at::Tensor& x);

/// Gated GELU (arXiv:2002.05202): x [..,2D] split in halves a, g -> a * gelu(g) [..,D], with the exact (erf) GELU.
at::Tensor geglu(const at::Tensor& x);

}  // namespace fude::ops
