#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "diffusion/float32.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {
namespace {

float sigma_at(float time) { return exp32(-time); }
float time_of(float sigma) { return -log32(sigma); }

/// The range of time (-log sigma) that solvers with levels of their own walk through.
struct TimeRange {
  float start;
  float end;
};

TimeRange time_range(std::span<const double> sigmas, const SamplerContext& context) {
  float lowest = static_cast<float>(sigmas.front());
  for (const double sigma : sigmas) {
    if (sigma > 0.0) lowest = std::min(lowest, static_cast<float>(sigma));
  }
  if (context.sigma_min > 0.0) lowest = static_cast<float>(context.sigma_min);
  return {time_of(static_cast<float>(sigmas.front())), time_of(lowest)};
}

/// A step whose target lies below the level it is to arrive at, so that there is room for noise.
struct NoisyStep {
  float target;  // time
  float added;   // standard deviation of the noise to add then
};

NoisyStep noisy_step(float time, float next, float end, double eta) {
  if (eta == 0.0) return {next, 0.0F};
  const float sigma = sigma_at(next);
  const float target = std::min(end, time_of(ancestral_step(sigma_at(time), sigma, eta).down));
  const float reached = sigma_at(target);
  return {target, std::sqrt(sigma * sigma - reached * reached)};
}

/// Steps of DPM-Solver from one point, which share their predictions of the noise.
class SolverStep {
 public:
  SolverStep(const Denoiser& denoise, at::Tensor x, float time)
      : denoise_(denoise), x_(std::move(x)), time_(time), noise_(predict(x_, time)) {}

  at::Tensor denoised() const { return x_ - noise_ * sigma_at(time_); }

  at::Tensor first_order(float next) const { return x_ - noise_ * (sigma_at(next) * expm1_32(next - time_)); }

  /// With an intermediate point at `share` of the step; the third-order step goes on from it when it has the same.
  at::Tensor second_order(float next, float share) {
    const float step = next - time_;
    const at::Tensor bend = noise_at_share(step, share) - noise_;
    const float gain = sigma_at(next) * expm1_32(step);
    return x_ - noise_ * gain - bend * (sigma_at(next) / (2.0F * share) * expm1_32(step));
  }

  at::Tensor third_order(float next) {
    constexpr float kFirst = static_cast<float>(1.0 / 3.0), kSecond = static_cast<float>(2.0 / 3.0);
    const float step = next - time_;
    const at::Tensor bend = noise_at_share(step, kFirst) - noise_;
    const float part = kSecond * step;
    const float middle = sigma_at(time_ + part);
    const at::Tensor ahead =
        x_ - noise_ * (middle * expm1_32(part)) - bend * (middle * 2.0F * (expm1_32(part) / part - 1.0F));
    const at::Tensor bend_ahead = predict(ahead, time_ + part) - noise_;
    const float end = sigma_at(next);
    return x_ - noise_ * (end * expm1_32(step)) - bend_ahead * (end / kSecond * (expm1_32(step) / step - 1.0F));
  }

 private:
  at::Tensor predict(const at::Tensor& x, float time) const {
    const float sigma = sigma_at(time);
    return (x - denoise_(x, sigma)) / sigma;
  }

  const at::Tensor& noise_at_share(float step, float share) {
    if (!noise_ahead_.defined()) {
      const float part = share * step;
      noise_ahead_ = predict(x_ - noise_ * (sigma_at(time_ + part) * expm1_32(part)), time_ + part);
    }
    return noise_ahead_;
  }

  const Denoiser& denoise_;
  at::Tensor x_;
  float time_;
  at::Tensor noise_;        // predicted at the start
  at::Tensor noise_ahead_;  // predicted at the intermediate point
};

/// The orders of the steps that use up `predictions`: threes, then what is left.
std::vector<int> orders_for(int predictions) {
  const int count = predictions / 3 + 1;
  std::vector<int> orders(static_cast<std::size_t>(predictions % 3 == 0 ? count - 2 : count - 1), 3);
  if (predictions % 3 == 0) {
    orders.insert(orders.end(), {2, 1});
  } else {
    orders.push_back(predictions % 3);
  }
  return orders;
}

/// Lengths of adaptive steps: the published settings of the integral controller.
class StepLength {
 public:
  StepLength(float first, double order) : length_(first), exponent_(1.0 / order) {}

  float length() const { return length_; }

  /// Adapts the length to the error of the last step; true when the step is good enough to keep.
  bool accepts(double error) {
    constexpr double kSafety = 0.81, kTiny = 1e-8;
    const double factor = 1.0 + std::atan(std::pow(1.0 / (error + kTiny), exponent_) - 1.0);
    length_ = static_cast<float>(length_ * factor);
    return factor >= kSafety;
  }

 private:
  float length_;
  double exponent_;
};

/// The root mean square of the difference in units of the tolerated one.
double relative_error(const at::Tensor& low, const at::Tensor& high, const at::Tensor& last) {
  constexpr double kAbsolute = 0.0078, kRelative = 0.05;
  const at::Tensor tolerated = (at::maximum(low.abs(), last.abs()) * kRelative).clamp_min(kAbsolute);
  return ((low - high) / tolerated).square().mean().sqrt().item<double>();
}

}  // namespace

at::Tensor sample_dpm_fast(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                           const SamplerContext& context) {
  const std::vector<int> orders = orders_for(static_cast<int>(sigmas.size()) - 1);
  const int count = static_cast<int>(orders.size());
  const TimeRange range = time_range(sigmas, context);
  const std::vector<float> times = linspace32(range.start, range.end, count + 1);
  for (int i = 0; i < count; ++i) {
    const float time = times[static_cast<std::size_t>(i)], next = times[static_cast<std::size_t>(i) + 1];
    const NoisyStep step = noisy_step(time, next, range.end, context.options.eta);
    SolverStep solver(denoise, x, time);
    context.on_step({i, count, sigma_at(time), solver.denoised()});
    const int order = orders[static_cast<std::size_t>(i)];
    x = order == 1   ? solver.first_order(step.target)
        : order == 2 ? solver.second_order(step.target, 0.5F)
                     : solver.third_order(step.target);
    const at::Tensor noise = step_noise(context, x, sigma_at(time), sigma_at(next));
    x = x + noise * (step.added * static_cast<float>(context.options.noise_scale));
  }
  return x;
}

at::Tensor sample_dpm_adaptive(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                               const SamplerContext& context) {
  constexpr float kFirstLength = 0.05F, kReached = 1e-5F, kShare = static_cast<float>(1.0 / 3.0);
  const int count = static_cast<int>(sigmas.size()) - 1;
  const double eta = context.options.eta;
  const TimeRange range = time_range(sigmas, context);
  StepLength length(kFirstLength, eta == 0.0 ? 3.0 : 1.5);
  at::Tensor last = x;
  float time = range.start;
  for (int i = 0; time < range.end - kReached; ++i) {
    const float next = std::min(range.end, time + length.length());
    const NoisyStep step = noisy_step(time, next, range.end, eta);
    SolverStep solver(denoise, x, time);
    const at::Tensor low = solver.second_order(step.target, kShare);
    const at::Tensor high = solver.third_order(step.target);
    context.on_step({i, count, sigma_at(time), solver.denoised()});
    const double error = relative_error(low, high, last);
    if (!std::isfinite(error)) return high;  // no step is short enough for a network that gives no numbers
    if (!length.accepts(error)) continue;
    last = low;
    x = high + step_noise(context, x, sigma_at(time), sigma_at(next)) * step.added;
    time = next;
  }
  return x;
}

}  // namespace fude::diffusion
