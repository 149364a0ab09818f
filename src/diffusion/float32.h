#pragma once

#include <vector>

namespace fude::diffusion {

// Scalar float32 arithmetic with the tensor library's own functions. The published programs compute noise levels with
// 0-dimensional float32 tensors, and SDE samplers look their noise up by these numbers rounded to 6 decimals, so a
// last bit decides which noise a seed stands for. <cmath> rounds differently in a few cases of a hundred.

float exp32(float x);
float expm1_32(float x);
float log32(float x);
float pow32(float x, float exponent);

/// torch.linspace in float32 as its AVX2 code rounds: blocks of eight from a common base, fused multiply-add in the
/// remainder. `count` numbers from `first` to `last`; one number is `first`.
std::vector<float> linspace32(float first, float last, int count);

}  // namespace fude::diffusion
