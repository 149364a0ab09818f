#pragma once

#include <ATen/ATen.h>

namespace fude::nn {

/// Sinusoidal embedding of timesteps t [B] (fractional allowed, 0..999) -> [B,width] fp32, cosines first
/// (Vaswani et al. 2017 as used by Ho et al. 2020; base 10000). width is even.
at::Tensor timestep_embedding(const at::Tensor& t, int64_t width);

}  // namespace fude::nn
