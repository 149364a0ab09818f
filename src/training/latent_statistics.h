#pragma once

#include <ATen/ATen.h>

#include "models/autoencoders/autoencoder_kl.h"
#include "training/named_tensors.h"
#include "training/worker_pool.h"

namespace fude::training {

/// Mean and standard deviation of each latent channel, before any scaling: [z] each.
struct LatentStatistics {
  at::Tensor mean, deviation;
};

/// Over the posterior means of uint8 pictures [B,H,W,3], computed in bfloat16 on the CPU.
LatentStatistics measure_latents(const models::AutoencoderKL& autoencoder, const at::Tensor& pixels, WorkerPool& pool);

/// Moves the statistics into quant_conv and post_quant_conv, so that latents times SD 1.x's fixed factor have mean 0
/// and deviation 1, and decoding an encoded picture gives the same as before. Changes `state`, whose names begin with
/// `prefix`.
void fold_statistics(NamedTensors& state, const std::string& prefix, const LatentStatistics& statistics,
                     double scale_factor);

}  // namespace fude::training
