#include "pipelines/picture_channels.h"

#include <vector>

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

bool sees_picture(const models::StableDiffusionConfig& config) {
  return more_channels(config) == config.autoencoder.embed_dim;
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

at::Tensor picture_channels(const PictureModel& model, const GenerationRequest& request, const at::Tensor& pixels,
                            const std::optional<io::Image>& mask) {
  const models::StableDiffusionConfig& config = model.networks.config;
  if (more_channels(config) == 0) return {};
  const WarningListener silent = [](const std::string&) {};
  const std::vector<int64_t> size{request.height / config.autoencoder.downscale(),
                                  request.width / config.autoencoder.downscale()};
  const auto fitted = [&](const at::Tensor& latent) {
    return latent.sizes().slice(2) == at::IntArrayRef(size)
               ? latent
               : at::upsample_bilinear2d(latent, size, /*align_corners=*/false);
  };
  if (!has_mask_channels(config)) {
    const at::Tensor latent = encode_image(model, request, pixels, silent) / config.autoencoder.scale_factor;
    return fitted(latent).to(model.engine.type);
  }
  at::Tensor hidden = at::ones({1, 1, 1, 1}, pixels.options());
  if (mask) {
    hidden = at::tensor(at::ArrayRef<std::uint8_t>(mask->pixels), at::kByte).to(pixels.options()).div(255.0F);
    hidden = hidden.view({1, 1, mask->height, mask->width});
    if (request.mask_round) hidden = hidden.round();
  }
  const at::Tensor in_size =
      at::upsample_nearest2d(hidden.expand({1, 1, hidden.size(2), hidden.size(3)}), {pixels.size(2), pixels.size(3)});
  const at::Tensor seen = at::lerp(pixels, pixels * (1 - in_size), request.inpainting_mask_weight);
  const at::Tensor latent = fitted(encode_image(model, request, seen, silent));
  return at::cat({at::upsample_nearest2d(hidden, size).to(model.engine.type), latent.to(model.engine.type)}, 1);
}

}  // namespace fude::pipelines
