#include "diffusion/model_schedule.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "diffusion/float32.h"

namespace fude::diffusion {

ModelSchedule::ModelSchedule(std::vector<float> alphas_cumprod) : alphas_cumprod_(std::move(alphas_cumprod)) {
  if (alphas_cumprod_.size() < 2)
    fail(ErrorCode::kInvalidArgument, "model schedule has {} levels, expected at least 2", alphas_cumprod_.size());
  float previous = 1.0F;
  for (const float alpha : alphas_cumprod_) {
    if (!(alpha > 0.0F && alpha < previous))
      fail(ErrorCode::kInvalidArgument, "model schedule has signal share {} after {}, expected 0 < share < {}", alpha,
           previous, previous);
    previous = alpha;
    sigmas_.push_back(std::sqrt((1.0F - alpha) / alpha));
    log_sigmas_.push_back(log32(sigmas_.back()));
  }
}

ModelSchedule ModelSchedule::stable_diffusion() {
  constexpr int kLevels = 1000;
  const double low = std::sqrt(0.00085), high = std::sqrt(0.012);
  std::vector<float> alphas_cumprod;
  double product = 1.0;
  for (int t = 0; t < kLevels; ++t) {
    const double root = low + t * ((high - low) / (kLevels - 1));
    product *= 1.0 - root * root;
    alphas_cumprod.push_back(static_cast<float>(product));
  }
  return ModelSchedule(std::move(alphas_cumprod));
}

ModelSchedule ModelSchedule::with_zero_terminal_snr() const {
  constexpr float kLastShare = 4.8973451890853435e-08F;
  const float first = std::sqrt(alphas_cumprod_.front()), last = std::sqrt(alphas_cumprod_.back());
  const float stretch = first / (first - last);
  std::vector<float> shares;
  for (const float alpha : alphas_cumprod_) {
    const float amplitude = (std::sqrt(alpha) - last) * stretch;
    shares.push_back(amplitude * amplitude);
  }
  shares.back() = kLastShare;
  return ModelSchedule(std::move(shares));
}

ModelSchedule ModelSchedule::thinned(int stride) const {
  if (stride < 1 || size() % stride != 0)
    fail(ErrorCode::kInvalidArgument, "model schedule of {} levels is thinned by {}, expected a divisor", size(),
         stride);
  std::vector<float> kept;
  for (int level = stride - 1; level < size(); level += stride)
    kept.push_back(alphas_cumprod_[static_cast<std::size_t>(level)]);
  ModelSchedule thin(std::move(kept));
  thin.stride_ = stride_ * stride;
  return thin;
}

double ModelSchedule::timestep_from_sigma(double sigma) const {
  const float log_sigma = log32(static_cast<float>(sigma));
  const auto above = std::ranges::upper_bound(log_sigmas_, log_sigma);
  const auto low = std::clamp<std::ptrdiff_t>(above - log_sigmas_.begin() - 1, 0, size() - 2);
  const auto index = static_cast<std::size_t>(low);
  const float span = log_sigmas_[index] - log_sigmas_[index + 1];
  const float weight = std::clamp((log_sigmas_[index] - log_sigma) / span, 0.0F, 1.0F);
  const float level = (1.0F - weight) * static_cast<float>(low) + weight * static_cast<float>(low + 1);
  return first_timestep() + level * static_cast<float>(stride_);
}

int ModelSchedule::nearest_timestep(double sigma) const {
  const float log_sigma = log32(static_cast<float>(sigma));
  const auto nearest =
      std::ranges::min_element(log_sigmas_, {}, [&](float level) { return std::abs(level - log_sigma); });
  return static_cast<int>(nearest - log_sigmas_.begin()) * stride_ + stride_ - 1;
}

double ModelSchedule::sigma_from_timestep(double timestep) const {
  const float level = static_cast<float>(timestep - first_timestep()) / static_cast<float>(stride_);
  const float t = std::clamp(level, 0.0F, static_cast<float>(size() - 1));
  const float floor = std::floor(t);
  const float weight = t - floor;
  const auto low = static_cast<std::size_t>(floor);
  const auto high = static_cast<std::size_t>(std::ceil(t));
  return exp32((1.0F - weight) * log_sigmas_[low] + weight * log_sigmas_[high]);
}

}  // namespace fude::diffusion
