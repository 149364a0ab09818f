#include "pipelines/soft_inpainting.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "io/images/blur.h"
#include "io/images/fit.h"

namespace fude::pipelines {
namespace {

/// A field of numbers, rows after another.
struct Field {
  int width, height;
  std::vector<double> values;
};

/// Which part of the values around a place counts, from the lowest (0) to the highest (1).
struct Percentiles {
  double low, high;
};

struct Weighed {
  double value, weight;
};

// The mean of the weighed values between two percentiles, which are drawn apart to a weight of at least one.
double mean_between(std::vector<Weighed>& around, const Percentiles& part) {
  constexpr double kLeastWeight = 1;
  std::ranges::sort(around, {}, &Weighed::value);
  double total = 0;
  for (const Weighed& one : around) total += one.weight;
  double low = part.low * total, high = part.high * total;
  if (high - low < kLeastWeight) {
    const double middle =
        std::clamp((low + high) / 2, std::min(kLeastWeight, total) / 2, total - std::min(kLeastWeight, total) / 2);
    low = middle - kLeastWeight / 2;
    high = middle + kLeastWeight / 2;
  }
  double passed = 0, sum = 0, counted = 0;
  for (const Weighed& one : around) {
    const double share = std::max(0.0, std::min(passed + one.weight, high) - std::max(passed, low));
    sum += one.value * share;
    counted += share;
    passed += one.weight;
  }
  return counted > 0 ? sum / counted : around.back().value;
}

// Every place from those up to two away, nearer ones weighing more.
Field filtered(const Field& field, const Percentiles& part) {
  constexpr int kReach = 2;
  constexpr double kSpread = 1.5 * 1.5;
  Field result = field;
  std::vector<Weighed> around;
  for (int y = 0; y < field.height; ++y) {
    for (int x = 0; x < field.width; ++x) {
      around.clear();
      for (int v = std::max(0, y - kReach); v <= std::min(field.height - 1, y + kReach); ++v) {
        for (int u = std::max(0, x - kReach); u <= std::min(field.width - 1, x + kReach); ++u) {
          const double distance = (u - x) * (u - x) + (v - y) * (v - y);
          around.push_back(
              {field.values[static_cast<std::size_t>(v * field.width + u)], std::exp(-distance / kSpread)});
        }
      }
      result.values[static_cast<std::size_t>(y * field.width + x)] = mean_between(around, part);
    }
  }
  return result;
}

Field field_of(const at::Tensor& plane) {
  const at::Tensor flat = plane.to(at::kCPU, at::kDouble).contiguous();
  return {.width = static_cast<int>(plane.size(1)),
          .height = static_cast<int>(plane.size(0)),
          .values = std::vector<double>(flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel())};
}

double smoothed(double x) { return x * x * x * (x * (6 * x - 15) + 10); }

at::Tensor length_of(const at::Tensor& latent) {
  return latent.to(at::kDouble).square().sum(1, /*keepdim=*/true).sqrt();
}

}  // namespace

at::Tensor mixed_latents(const GenerationRequest& request, const at::Tensor& original, const at::Tensor& latent,
                         const at::Tensor& share) {
  constexpr double kTiny = 1e-5;
  const double power = request.soft_transition_contrast;
  const at::Tensor mixed = original * (1 - share) + latent * share;
  const at::Tensor wide = share.to(at::kDouble);
  const at::Tensor wanted =
      (length_of(original).pow(power) * (1 - wide) + length_of(latent).pow(power) * wide).pow(1 / power);
  return mixed * (wanted / (length_of(mixed) + kTiny)).to(mixed.scalar_type());
}

at::Tensor share_at(const GenerationRequest& request, const at::Tensor& repaint, double sigma) {
  return repaint.pow(std::pow(sigma, request.soft_schedule_bias) * request.soft_preservation_strength);
}

io::Image changed_mask(const GenerationRequest& request, const at::Tensor& original, const at::Tensor& latent,
                       const at::Tensor& repaint, int width, int height) {
  Field distance = field_of(length_of(latent - original)[0][0]);
  distance = filtered(distance, {.low = 0.9, .high = 1});
  distance = filtered(distance, {.low = 0.25, .high = 0.75});
  const at::Tensor kept = 1 - repaint.clamp(0, 1).pow(request.soft_preservation_strength / 2);
  const double influence = request.soft_mask_influence;
  const Field scale = field_of((0.5 * (1 - influence) + kept * influence)[0][0]);
  io::Image mask{.width = distance.width, .height = distance.height, .channels = 1, .pixels = {}};
  for (std::size_t i = 0; i < distance.values.size(); ++i) {
    // Where it has changed so much, half of the original shows.
    const double half = request.soft_difference_threshold * scale.values[i] / (1.00001 - scale.values[i]);
    const double ratio = half > 0 ? distance.values[i] / half : HUGE_VAL;
    const double stays = smoothed(1 / (1 + std::pow(ratio, request.soft_difference_contrast)));
    mask.pixels.push_back(static_cast<std::uint8_t>(255 * (1 - stays)));
  }
  return io::box_gaussian_blur(io::fit(mask, width, height, io::FitMode::kFill), 4);
}

}  // namespace fude::pipelines
