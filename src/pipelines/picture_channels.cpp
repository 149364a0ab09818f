#include "pipelines/picture_channels.h"

namespace fude::pipelines {
namespace {

int64_t more_channels(const models::StableDiffusionConfig& config) {
  return config.unet.in_channels - config.unet.out_channels;
}

}  // namespace

bool has_mask_channels(const models::StableDiffusionConfig& config) {
  return more_channels(config) == config.autoencoder.embed_dim + 1;
}

at::Tensor blank_picture_channels(const models::StableDiffusion& networks, const EngineOptions& engine, int64_t height,
                                  int64_t width) {
  const models::StableDiffusionConfig& config = networks.config;
  if (more_channels(config) == 0) return {};
  const at::TensorOptions options(at::TensorOptions(engine.device).dtype(engine.type));
  if (!has_mask_channels(config)) {
    const int64_t cell = config.autoencoder.downscale();
    return at::zeros({1, more_channels(config), height / cell, width / cell}, options);
  }
  const at::Tensor grey = networks.autoencoder.encode(at::zeros({1, 3, height, width}, options));
  return at::cat({at::ones_like(grey.narrow(1, 0, 1)), grey}, 1);
}

}  // namespace fude::pipelines
