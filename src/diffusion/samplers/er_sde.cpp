#include <cmath>

#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {
namespace {

/// How much noise the path carries: the published function for eta 1, that of the deterministic path for eta 0.
double noise_scaler(double sigma, double eta) { return sigma * std::pow(std::exp(std::pow(sigma, 0.3)) + 10.0, eta); }

/// The integrals of 1 / scaler and of (sigma - start) / scaler over a step, against its direction, by the midpoint
/// rule.
struct StepIntegrals {
  double inverse = 0.0;
  double bend = 0.0;

  StepIntegrals(double start, double end, double eta) {
    constexpr int kPoints = 200;  // as published
    const double width = (start - end) / kPoints;
    for (int i = 0; i < kPoints; ++i) {
      const double sigma = end + (i + 0.5) * width;
      const double scaled = noise_scaler(sigma, eta);
      inverse += width / scaled;
      bend += (sigma - start) * width / scaled;
    }
  }
};

}  // namespace

at::Tensor sample_er_sde(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                         const SamplerContext& context) {
  const int count = static_cast<int>(sigmas.size()) - 1;
  const double eta = context.options.eta;
  at::Tensor last_denoised, last_slope;
  for (int i = 0; i < count; ++i) {
    const auto here = static_cast<std::size_t>(i);
    const double sigma = sigmas[here], next = sigmas[here + 1];
    const at::Tensor denoised = denoise(x, sigma);
    context.on_step({i, count, sigma, denoised});
    if (next == 0.0) {
      x = denoised;
      continue;
    }
    const double ratio = noise_scaler(next, eta) / noise_scaler(sigma, eta);
    const double step = next - sigma;
    x = x * ratio + denoised * (1.0 - ratio);
    if (last_denoised.defined()) {
      const StepIntegrals integrals(sigma, next, eta);
      const double scale = noise_scaler(next, eta);
      const at::Tensor slope = (denoised - last_denoised) / (sigma - sigmas[here - 1]);
      x = x + slope * (step + integrals.inverse * scale);
      if (last_slope.defined()) {
        const at::Tensor bend = (slope - last_slope) / ((sigma - sigmas[here - 2]) / 2.0);
        x = x + bend * (step * step / 2.0 + integrals.bend * scale);
      }
      last_slope = slope;
    }
    const double variance = next * next - sigma * sigma * ratio * ratio;
    if (eta > 0.0 && variance > 0.0)
      x = x + step_noise(context, x, sigma, next) * (std::sqrt(variance) * context.options.noise_scale);
    last_denoised = denoised;
  }
  return x;
}

}  // namespace fude::diffusion
