#include "diffusion/float32.h"

#include <ATen/ATen.h>

#include <cmath>

namespace fude::diffusion {
namespace {

at::Tensor scalar32(float x) { return at::scalar_tensor(x, at::kFloat); }

}  // namespace

float exp32(float x) { return at::exp(scalar32(x)).item<float>(); }
float expm1_32(float x) { return at::expm1(scalar32(x)).item<float>(); }
float log32(float x) { return at::log(scalar32(x)).item<float>(); }
float pow32(float x, float exponent) { return at::pow(scalar32(x), exponent).item<float>(); }

std::vector<float> linspace32(float first, float last, int count) {
  constexpr int kLanes = 8, kUnroll = 2;
  std::vector<float> values(static_cast<std::size_t>(count), first);
  if (count < 2) return values;
  const float step = (last - first) / static_cast<float>(count - 1);
  const int in_blocks = count - count % (kLanes * kUnroll);
  for (int i = 0; i < in_blocks; ++i) {
    const int base = i - i % kLanes;
    const float start =
        base < count / 2 ? first + step * static_cast<float>(base) : last - step * static_cast<float>(count - 1 - base);
    values[static_cast<std::size_t>(i)] = start + step * static_cast<float>(i % kLanes);
  }
  for (int i = in_blocks; i < count; ++i) {
    values[static_cast<std::size_t>(i)] = i < count / 2 ? std::fma(step, static_cast<float>(i), first)
                                                        : std::fma(-step, static_cast<float>(count - 1 - i), last);
  }
  return values;
}

}  // namespace fude::diffusion
