#include "diffusion/latent_mask.h"

#include <cmath>

namespace fude::diffusion {

at::Tensor LatentMask::keep(const at::Tensor& latent, double sigma) const {
  if (!is_on()) return latent;
  if (blend) return blend(latent, original, repaint, sigma);
  return latent * repaint + original * (1 - repaint);
}

at::Tensor MaskedDenoiser::operator()(const at::Tensor& x, double sigma) {
  sigma_ = sigma;
  if (!mask_->is_on()) return denoise_(x, sigma);
  if (!before_) return masked(denoise_(x, sigma));
  // The published programs blend variance-preserving latents with clean ones, noise or not.
  const auto scale = static_cast<float>(std::sqrt(1.0 + sigma * sigma));
  const at::Tensor seen = mask_->keep(x / scale, sigma) * scale;
  shift_ = x - seen;
  // The sampler goes on from its own x: the noise it derives must be that of what the network saw.
  return denoise_(seen, sigma) + shift_;
}

at::Tensor MaskedDenoiser::masked(const at::Tensor& prediction) const {
  if (!mask_->is_on()) return prediction;
  return before_ ? prediction + shift_ : mask_->keep(prediction, sigma_);
}

}  // namespace fude::diffusion
