#include "diffusion/guidance_shaping.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace fude::diffusion {
namespace {

/// [B,C,h,w] -> rows of the values that are measured together: [B,C,h*w], or [B,1,C*h*w].
at::Tensor to_rows(const at::Tensor& x, bool separates_channels) {
  return separates_channels ? x.flatten(2) : x.flatten(1).unsqueeze(1);
}

/// The smallest value that at least `share` of the distances from the mean do not exceed, linearly interpolated;
/// [..,1]. Sorted here, because at::quantile refuses rows of more than 16 million values.
at::Tensor distance_at(const at::Tensor& centred, double share) {
  const at::Tensor sorted = std::get<0>(centred.abs().sort(-1));
  const double place = share * static_cast<double>(sorted.size(-1) - 1);
  const auto low = static_cast<int64_t>(place);
  const int64_t high = std::min(low + 1, sorted.size(-1) - 1);
  const double part = place - static_cast<double>(low);
  return sorted.narrow(-1, low, 1) * (1.0 - part) + sorted.narrow(-1, high, 1) * part;
}

at::Tensor spread_of(const at::Tensor& centred, SpreadMeasure measure, double share) {
  if (measure == SpreadMeasure::kDeviation)
    return centred.std(at::IntArrayRef{-1}, /*unbiased=*/true, /*keepdim=*/true);
  return distance_at(centred, share);
}

/// Rows of one value all over have no spread to divide by.
at::Tensor safe_ratio(const at::Tensor& a, const at::Tensor& b) {
  return at::where(b > 0, a / b.clamp_min(1e-30), at::ones_like(a));
}

}  // namespace

at::Tensor rescale_guidance(const at::Tensor& guided, const at::Tensor& positive, double share) {
  const auto deviation = [](const at::Tensor& x) { return x.std(at::IntArrayRef{1, 2, 3}, true, true); };
  const at::Tensor factor = safe_ratio(deviation(positive), deviation(guided));
  return guided * (factor * share + (1.0 - share));
}

at::Tensor blur_attended(const at::Tensor& denoised, const at::Tensor& attention, double threshold, double deviation) {
  if (deviation <= 0.0) return denoised;
  constexpr int64_t kReach = 4;  // a kernel of 9 places, as published
  const at::Tensor places = at::arange(-kReach, kReach + 1, denoised.options());
  at::Tensor kernel = (places.square() / (-2.0 * deviation * deviation)).exp();
  kernel = kernel / kernel.sum();
  const int64_t channels = denoised.size(1), size = 2 * kReach + 1;
  const at::Tensor padded = at::replication_pad2d(denoised, {kReach, kReach, kReach, kReach});
  const at::Tensor down = kernel.reshape({1, 1, size, 1}).expand({channels, 1, size, 1});
  const at::Tensor across = kernel.reshape({1, 1, 1, size}).expand({channels, 1, 1, size});
  const auto filtered = [channels](const at::Tensor& x, const at::Tensor& weights) {
    const std::array<int64_t, 1> one{1}, none{0};
    return at::conv2d(x, weights, /*bias=*/{}, /*stride=*/one, /*padding=*/none, /*dilation=*/one, channels);
  };
  const at::Tensor blurred = filtered(filtered(padded, down), across);
  const at::Tensor mask =
      at::upsample_nearest2d(attention.gt(threshold).to(denoised.options()), {denoised.size(2), denoised.size(3)});
  return at::where(mask > 0.5, blurred, denoised);
}

double scale_at(ScaleMode mode, double scale, double minimum, double progress) {
  constexpr double kQuarter = std::numbers::pi / 2;
  const double range = scale - minimum;
  switch (mode) {
    case ScaleMode::kConstant: return scale;
    case ScaleMode::kLinearDown: return minimum + range * (1.0 - progress);
    case ScaleMode::kHalfCosineDown: return minimum + range * std::cos(progress);
    case ScaleMode::kCosineDown: return minimum + range * std::cos(progress * kQuarter);
    case ScaleMode::kLinearUp: return minimum + range * progress;
    case ScaleMode::kHalfCosineUp: return minimum + range * (1.0 - std::cos(progress));
    case ScaleMode::kCosineUp: return minimum + range * (1.0 - std::cos(progress * kQuarter));
  }
  return scale;
}

at::Tensor threshold_guidance(const at::Tensor& unguided, const at::Tensor& difference, double scale, double progress,
                              const ThresholdOptions& options) {
  const double guidance = scale_at(options.guidance_mode, scale, options.guidance_minimum, progress);
  const double mimic = scale_at(options.mimic_mode, options.mimic_scale, options.mimic_minimum, progress);
  const at::Tensor guided = unguided + difference * guidance;
  const at::Tensor rows = to_rows(guided, options.separates_channels);
  const at::Tensor mimicked = to_rows(unguided + difference * mimic, options.separates_channels);
  const at::Tensor means = rows.mean(at::IntArrayRef{-1}, true);
  const at::Tensor centred = rows - means;
  const at::Tensor allowed = spread_of(mimicked - mimicked.mean(at::IntArrayRef{-1}, true), options.measure, 1.0);
  const at::Tensor spread = spread_of(centred, options.measure, options.percentile);

  at::Tensor result;
  if (options.start == ThresholdStart::kZero) {
    result = rows * safe_ratio(allowed, spread);
  } else if (options.measure == SpreadMeasure::kDeviation) {
    result = centred * safe_ratio(allowed, spread) + means;
  } else {
    // Beyond the percentile values are cut, then all shrink to the mimicked spread.
    const at::Tensor largest = at::maximum(allowed, spread);
    result = at::minimum(at::maximum(centred, -largest), largest) * safe_ratio(allowed, largest) + means;
  }
  return result.reshape(guided.sizes()) * options.share + guided * (1.0 - options.share);
}

}  // namespace fude::diffusion
