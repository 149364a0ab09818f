#include "models/denoisers/free_u.h"

#include <numbers>

namespace fude::models {
namespace {

/// The angles of the waves of frequencies 0 and -1 over `length` places: [2,length].
at::Tensor wave_angles(int64_t length, const at::TensorOptions& options) {
  const at::Tensor places = at::arange(length, options) * (-2.0 * std::numbers::pi / static_cast<double>(length));
  return at::stack({at::zeros_like(places), places});
}

/// The mean over channels, brought to 0..1 picture by picture: where the map is strong. [B,1,H,W]
at::Tensor strength_of(const at::Tensor& h) {
  const at::Tensor mean = h.mean(at::IntArrayRef{1}, true);
  const at::Tensor low = mean.amin({1, 2, 3}, true), high = mean.amax({1, 2, 3}, true);
  return (mean - low) / (high - low).clamp_min(1e-12);
}

at::Tensor strengthened(const at::Tensor& h, double factor) {
  const int64_t half = h.size(1) / 2;
  const at::Tensor weights = strength_of(h) * (factor - 1.0) + 1.0;
  return at::cat({h.narrow(1, 0, half) * weights, h.narrow(1, half, h.size(1) - half)}, 1);
}

}  // namespace

at::Tensor scale_low_frequencies(const at::Tensor& x, double scale) {
  const int64_t height = x.size(2), width = x.size(3);
  if (height < 2 || width < 2) return x;
  const at::Tensor values = x.to(at::kFloat);
  const at::Tensor down = wave_angles(height, values.options()), across = wave_angles(width, values.options());
  // One row of angles for each of the four waves over the whole map: [4,H*W].
  const at::Tensor angles = (down.reshape({2, 1, height, 1}) + across.reshape({1, 2, 1, width})).reshape({4, -1});
  const at::Tensor cosines = angles.cos(), sines = angles.sin();
  const at::Tensor flat = values.flatten(2);
  // The real part of the four waves' share in the map.
  const at::Tensor low = flat.matmul(cosines.t()).matmul(cosines) + flat.matmul(sines.t()).matmul(sines);
  const at::Tensor scaled = flat + low * ((scale - 1.0) / static_cast<double>(height * width));
  return scaled.reshape(x.sizes()).to(x.scalar_type()).contiguous(x.suggest_memory_format());
}

UpwardInputs apply_free_u(const FreeU& free_u, const UpwardInputs& inputs, int64_t model_channels) {
  const bool is_first = inputs.h.size(1) == 4 * model_channels;
  if (!is_first && inputs.h.size(1) != 2 * model_channels) return inputs;
  return {.h = strengthened(inputs.h, is_first ? free_u.backbone1 : free_u.backbone2),
          .skip = scale_low_frequencies(inputs.skip, is_first ? free_u.skip1 : free_u.skip2)};
}

}  // namespace fude::models
