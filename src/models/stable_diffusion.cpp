#include "models/stable_diffusion.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/error.h"
#include "models/detect.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

constexpr std::string_view kUNetPrefix = "model.diffusion_model.";
constexpr std::string_view kAutoencoderPrefix = "first_stage_model.";
constexpr std::string_view kTextPrefix = "cond_stage_model.transformer.text_model.";

// Found in published files, and of no use to a forward pass: training losses, buffers that restate the config.
constexpr std::array<std::string_view, 3> kUnusedButHarmless = {
    "first_stage_model.loss.", "first_stage_model.model_ema.",
    "cond_stage_model.transformer.text_model.embeddings.position_ids"};

void require_all_claimed(const weights::StateDict& weights, std::string_view prefix) {
  for (const std::string& name : weights.unclaimed(prefix)) {
    const bool is_harmless =
        std::ranges::any_of(kUnusedButHarmless, [&](std::string_view begin) { return name.starts_with(begin); });
    if (is_harmless) continue;
    fail(ErrorCode::kUnsupportedModel, "'{}': tensor '{}' has no place in a Stable Diffusion 1.x network",
         weights.file().name(), printable(name));
  }
}

// An error about a file's shapes names the file, whoever found it.
template <typename Infer>
auto infer_part(const weights::TensorIndex& index, std::string_view prefix, std::string_view path, Infer infer) {
  try {
    return infer(weights::sub_index(index, prefix));
  } catch (const Error& error) {
    fail(error.code(), "'{}': below '{}': {}", path, prefix, error.what());
  }
}

}  // namespace

StableDiffusionConfig infer_stable_diffusion_config(const weights::TensorIndex& index, std::string_view path) {
  require_checkpoint(index, path);
  StableDiffusionConfig config{
      .unet = infer_part(index, kUNetPrefix, path, infer_unet_config),
      .autoencoder = infer_part(index, kAutoencoderPrefix, path, infer_autoencoder_kl_config),
      .text_encoder = infer_part(index, kTextPrefix, path, infer_clip_text_config),
  };
  if (config.unet.context_dim != config.text_encoder.width) {
    fail(ErrorCode::kUnsupportedModel, "'{}': the U-Net expects text {} wide, but the text encoder is {} wide", path,
         config.unet.context_dim, config.text_encoder.width);
  }
  if (config.unet.in_channels != config.unet.out_channels) {
    fail(ErrorCode::kUnsupportedModel,
         "'{}': the U-Net takes {} channels (an inpainting or instruct-pix2pix model), expected {}", path,
         config.unet.in_channels, config.unet.out_channels);
  }
  return config;
}

StableDiffusion load_stable_diffusion(const io::TensorFile& file, LoadOptions options) {
  const StableDiffusionConfig config = infer_stable_diffusion_config(weights::index_of(file), file.name());
  weights::StateDict weights(file, options.type, options.device);
  const weights::WeightView root = weights.root();
  StableDiffusion model{
      .config = config,
      .text_encoder = ClipTextEncoder(root / "cond_stage_model" / "transformer" / "text_model", config.text_encoder),
      .unet = UNet(root / "model" / "diffusion_model", config.unet),
      .autoencoder = AutoencoderKL(root / "first_stage_model", config.autoencoder),
  };
  for (const std::string_view prefix : {kUNetPrefix, kAutoencoderPrefix, kTextPrefix}) {
    require_all_claimed(weights, prefix);
  }
  return model;
}

AutoencoderKL load_autoencoder(const io::TensorFile& file, LoadOptions options) {
  const weights::TensorIndex index = weights::index_of(file);
  const Detection found = detect(index);
  if (found.kind != FileKind::kAutoencoder && found.kind != FileKind::kCheckpoint) {
    fail(ErrorCode::kUnsupportedModel, "'{}' is {}, expected an autoencoder (VAE)", file.name(),
         family_with_article(found));
  }
  const bool has_prefix = weights::has_prefix(index, kAutoencoderPrefix);
  const std::string_view prefix = has_prefix ? kAutoencoderPrefix : std::string_view();
  const AutoencoderKLConfig config = infer_part(index, prefix, file.name(), infer_autoencoder_kl_config);
  weights::StateDict weights(file, options.type, options.device);
  return AutoencoderKL(has_prefix ? weights.root() / "first_stage_model" : weights.root(), config);
}

}  // namespace fude::models
