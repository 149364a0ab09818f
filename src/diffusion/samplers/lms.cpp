#include <algorithm>
#include <cmath>
#include <deque>

#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {
namespace {

constexpr int kOrder = 4;

/// The integral over step `index` of the polynomial that is 1 at level index - node and 0 at the other of the last
/// `order` levels. Two-point Gauss quadrature, exact up to the third degree.
double adams_coefficient(std::span<const double> sigmas, int index, int order, int node) {
  const auto level = [&](int back) { return sigmas[static_cast<std::size_t>(index - back)]; };
  const double start = level(0), end = level(-1);
  double sum = 0.0;
  for (const double place : {-1.0 / std::sqrt(3.0), 1.0 / std::sqrt(3.0)}) {
    const double at = (start + end) / 2 + (end - start) / 2 * place;
    double product = 1.0;
    for (int other = 0; other < order; ++other) {
      if (other != node) product *= (at - level(other)) / (level(node) - level(other));
    }
    sum += product;
  }
  return sum * (end - start) / 2;
}

}  // namespace

at::Tensor sample_lms(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                      const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  std::deque<at::Tensor> slopes;  // newest first
  for (int i = 0; i < count; ++i) {
    const float sigma = step_levels(sigmas, i).sigma;
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    slopes.push_front(slope_of(x, denoised, sigma));
    if (slopes.size() > kOrder) slopes.pop_back();
    const int order = static_cast<int>(slopes.size());
    at::Tensor step = at::zeros_like(x);
    for (int node = 0; node < order; ++node)
      step = step + slopes[static_cast<std::size_t>(node)] * adams_coefficient(sigmas, i, order, node);
    x = x + step;
  }
  return x;
}

}  // namespace fude::diffusion
