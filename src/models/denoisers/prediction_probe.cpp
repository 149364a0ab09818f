#include "models/denoisers/prediction_probe.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

namespace fude::models {

bool answers_with_velocity(const UNet& unet) {
  constexpr int64_t kSide = 8, kTokens = 77;
  constexpr double kLastTimestep = 999;
  constexpr double kHalfTheNoise = 0.5;
  const at::NoGradGuard no_grad;
  const UNetConfig& config = unet.config();
  const at::TensorOptions options = unet.options();
  const at::Tensor noise =
      at::randn({1, config.in_channels, kSide, kSide}, at::detail::createCPUGenerator(0), at::kFloat);
  const at::Tensor t = at::full({1}, kLastTimestep, options.dtype(at::kFloat));
  const at::Tensor context = at::zeros({1, kTokens, config.context_dim}, options);
  const at::Tensor answer = unet.forward(noise.to(options), t, context).to(at::kCPU, at::kFloat);
  const at::Tensor shown = noise.narrow(1, 0, config.out_channels);
  const double agreement = ((answer * shown).sum() / (answer.norm() * shown.norm())).item<double>();
  return !(agreement > kHalfTheNoise);
}

}  // namespace fude::models
