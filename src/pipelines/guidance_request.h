#pragma once

#include <optional>

#include "diffusion/guidance_shaping.h"
#include "diffusion/tiled_network.h"
#include "models/denoisers/free_u.h"
#include "nn/attention_tweaks.h"
#include "pipelines/generation_request.h"

namespace fude::pipelines {

/// What a request says of dynamic thresholding; its texts must be normalised.
diffusion::ThresholdOptions threshold_options(const GenerationRequest& request);

/// Token merging and HyperTile as the request asks for them.
nn::AttentionTweaks attention_tweaks(const GenerationRequest& request);

/// The pieces that the network sees a latent in; absent where the request does not ask for it.
std::optional<diffusion::LatentTiling> latent_tiling(const GenerationRequest& request);

/// Absent where the request does not ask for it.
std::optional<models::FreeU> free_u_of(const GenerationRequest& request);

}  // namespace fude::pipelines
