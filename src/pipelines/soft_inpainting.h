#pragma once

#include <ATen/ATen.h>

#include "io/images/image.h"
#include "pipelines/generation_request.h"

namespace fude::pipelines {

/// Soft inpainting, as the web UI's script of that name does it: the mask has shades, and how much of the original
/// stays follows from the noise level and from how far a place has changed.

/// Two latents [B,C,h,w] mixed by `share` [1,1,h,w] in [0,1], 1 taking `latent`; the length of each place's vector is
/// mixed by itself, the longer counting more with request.soft_transition_contrast.
at::Tensor mixed_latents(const GenerationRequest& request, const at::Tensor& original, const at::Tensor& latent,
                         const at::Tensor& share);

/// How much of a place is made anew at a noise level: `repaint` [1,1,h,w] to a power that falls with sigma.
at::Tensor share_at(const GenerationRequest& request, const at::Tensor& repaint, double sigma);

/// The mask of what the finished picture shows of the new one, grey, width x height: high where the latent [1,C,h,w]
/// has changed much.
io::Image changed_mask(const GenerationRequest& request, const at::Tensor& original, const at::Tensor& latent,
                       const at::Tensor& repaint, int width, int height);

}  // namespace fude::pipelines
