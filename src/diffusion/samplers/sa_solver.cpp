#include <algorithm>
#include <cmath>
#include <deque>
#include <vector>

#include "diffusion/linear_system.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {
namespace {

/// A prediction and its time, -log sigma.
struct Point {
  double time;
  at::Tensor denoised;
};

double time_of(double sigma) { return -std::log(sigma); }

/// One step of the stochastic Adams method: x decays, the polynomial through some predictions is added with an
/// exponential weight that favours the end of the step, and noise comes on top.
class AdamsStep {
 public:
  AdamsStep(double sigma, double next, double noise_share)
      : end_(time_of(next)), length_(end_ - time_of(sigma)), rate_(1.0 + noise_share * noise_share) {
    spread_ = next * std::sqrt(-std::expm1(-2.0 * (rate_ - 1.0) * length_));
  }

  double spread() const { return spread_; }

  at::Tensor apply(const at::Tensor& x, const std::vector<Point>& points) const {
    std::vector<double> places;
    for (const Point& point : points) places.push_back(point.time - end_);
    const std::vector<double> weights = quadrature_weights(places, moments(places.size()));
    at::Tensor result = x * std::exp(-rate_ * length_);
    for (std::size_t i = 0; i < points.size(); ++i) result = result + points[i].denoised * weights[i];
    return result;
  }

 private:
  /// The integrals of rate exp(rate u) u^k over [-length, 0], by parts.
  std::vector<double> moments(std::size_t count) const {
    const double decay = std::exp(-rate_ * length_);
    std::vector<double> values{-std::expm1(-rate_ * length_)};
    for (std::size_t k = 1; k < count; ++k) {
      const auto power = static_cast<double>(k);
      values.push_back(-decay * std::pow(-length_, power) - power / rate_ * values.back());
    }
    return values;
  }

  double end_, length_;
  double rate_;    // 1 + tau^2
  double spread_;  // standard deviation of the step's noise
};

}  // namespace

at::Tensor sample_sa_solver(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                            const SamplerContext& context) {
  constexpr int kPredictorOrder = 3, kCorrectorOrder = 4;
  const int count = static_cast<int>(sigmas.size()) - 1;
  std::deque<Point> points;  // newest first
  const auto predict = [&](const at::Tensor& latent, int index) {
    const double sigma = sigmas[static_cast<std::size_t>(index)];
    const at::Tensor denoised = denoise(latent, sigma);
    context.on_step({index, count, sigma, denoised});
    points.push_front({time_of(sigma), denoised});
    if (points.size() > kCorrectorOrder) points.pop_back();
  };
  const auto newest = [&](int order) {
    const auto used = std::min(points.size(), static_cast<std::size_t>(order));
    return std::vector<Point>(points.begin(), points.begin() + static_cast<long>(used));
  };
  predict(x, 0);
  for (int i = 0; i < count; ++i) {
    const auto [sigma, next] = step_levels(sigmas, i);
    if (next == 0.0F) return points.front().denoised;
    // The last steps are the longest in log sigma; far extrapolation would not hold there.
    const int lower = std::max(count - 1 - i, 1);
    const AdamsStep step(sigma, next, context.options.eta);
    const at::Tensor start = x;
    at::Tensor noise = at::zeros({}, x.options());
    if (step.spread() > 0.0)
      noise = step_noise(context, x, sigma, next) * (step.spread() * context.options.noise_scale);
    x = step.apply(start, newest(std::min(kPredictorOrder, lower))) + noise;
    if (i + 1 == count) break;
    predict(x, i + 1);
    x = step.apply(start, newest(std::min(kCorrectorOrder, lower + 1))) + noise;
  }
  return x;
}

}  // namespace fude::diffusion
