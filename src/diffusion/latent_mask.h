#pragma once

#include <ATen/ATen.h>

#include <functional>

#include "diffusion/denoiser.h"

namespace fude::diffusion {

/// Which part of a picture is made anew.
struct LatentMask {
  at::Tensor repaint = {};   // [1,1,h,w] in [0,1]; 1: made anew, 0: stays. Undefined: no mask
  at::Tensor original = {};  // [B,C,h,w]: clean latents of what stays
  /// How a latent and what stays are brought together, (latent, original, repaint, sigma) -> latent; sigma 0: after the
  /// last step. Absent: linearly.
  std::function<at::Tensor(const at::Tensor& latent, const at::Tensor& original, const at::Tensor& repaint,
                           double sigma)>
      blend = {};

  bool is_on() const { return repaint.defined(); }

  /// latent [B,C,h,w] with what stays put back.
  at::Tensor keep(const at::Tensor& latent, double sigma = 0) const;
};

/// A denoiser that puts back what stays: into its prediction, or with `before` into what the network sees, as the web
/// UI does for samplers that count in timesteps. `mask` must outlive it.
class MaskedDenoiser {
 public:
  MaskedDenoiser(Denoiser denoise, const LatentMask& mask, bool before)
      : denoise_(std::move(denoise)), mask_(&mask), before_(before) {}

  /// x [B,C,h,w], sigma > 0 -> the prediction of x0 [B,C,h,w].
  at::Tensor operator()(const at::Tensor& x, double sigma);

  /// What another prediction of the latest call (the unguided half) comes to.
  at::Tensor masked(const at::Tensor& prediction) const;

 private:
  Denoiser denoise_;
  const LatentMask* mask_;
  bool before_;
  double sigma_ = 0;       // of the latest call
  at::Tensor shift_ = {};  // what putting back took from that call's input
};

}  // namespace fude::diffusion
