#include "pipelines/picture_channels.h"

#include "pipelines/picture_coding.h"

namespace fude::pipelines {
namespace {

int64_t more_channels(const models::StableDiffusionConfig& config) {
  return config.unet.in_channels - config.unet.out_channels;
}

}  // namespace

bool has_mask_channels(const models::StableDiffusionConfig& config) {
  return more_channels(config) == config.autoencoder.embed_dim + 1;
}

at::Tensor blank_picture_channels(const PictureModel& model, const GenerationRequest& request) {
  const models::StableDiffusionConfig& config = model.networks.config;
  if (more_channels(config) == 0) return {};
  const at::TensorOptions options(at::TensorOptions(model.engine.device).dtype(model.engine.type));
  if (!has_mask_channels(config)) {
    const int64_t cell = config.autoencoder.downscale();
    return at::zeros({1, more_channels(config), request.height / cell, request.width / cell}, options);
  }
  const at::Tensor grey = at::zeros({1, 3, request.height, request.width}, options);
  const at::Tensor latent = encode_image(model, request, grey, [](const std::string&) {}).to(model.engine.type);
  return at::cat({at::ones_like(latent.narrow(1, 0, 1)), latent}, 1);
}

}  // namespace fude::pipelines
