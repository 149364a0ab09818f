#include <cmath>
#include <deque>

#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {
namespace {

/// The time of a variance-preserving diffusion whose beta grows linearly from 0.1 to 20 over [0, 1], at `sigma`.
double time_of(double sigma) {
  constexpr double kLowest = 0.1, kGrowth = 19.9;
  return (std::sqrt(kLowest * kLowest + 2.0 * kGrowth * std::log1p(sigma * sigma)) - kLowest) / kGrowth;
}

/// The integral over step `index`, in sigma, of the polynomial in time that is 1 at level index - node and 0 at the
/// others of the last `order` levels. Simpson's rule over log sigma.
double coefficient(std::span<const double> sigmas, int index, int order, int node) {
  constexpr int kPieces = 16;  // even
  const auto level = [&](int back) { return sigmas[static_cast<std::size_t>(index - back)]; };
  const double start = std::log(level(0)), width = (std::log(level(-1)) - start) / kPieces;
  double sum = 0.0;
  for (int i = 0; i <= kPieces; ++i) {
    const double sigma = std::exp(start + i * width);
    double product = sigma;  // d sigma / d log sigma
    for (int other = 0; other < order; ++other) {
      if (other == node) continue;
      product *= (time_of(sigma) - time_of(level(other))) / (time_of(level(node)) - time_of(level(other)));
    }
    const int weight = i == 0 || i == kPieces ? 1 : i % 2 == 1 ? 4 : 2;
    sum += product * weight;
  }
  return sum * width / 3.0;
}

}  // namespace

at::Tensor sample_deis(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                       const SamplerContext& context) {
  constexpr std::size_t kOrder = 3;
  const int count = static_cast<int>(sigmas.size()) - 1;
  std::deque<at::Tensor> slopes;  // newest first
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    if (next == 0.0F) {
      x = denoised;
      continue;
    }
    slopes.push_front(slope_of(x, denoised, sigma));
    if (slopes.size() > kOrder) slopes.pop_back();
    const int order = static_cast<int>(slopes.size());
    for (int node = 0; node < order; ++node)
      x = x + slopes[static_cast<std::size_t>(node)] * coefficient(sigmas, i, order, node);
  }
  return x;
}

}  // namespace fude::diffusion
