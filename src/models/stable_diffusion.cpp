#include "models/stable_diffusion.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/error.h"
#include "models/detect.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

constexpr std::string_view kUNetPrefix = "model.diffusion_model.";
constexpr std::string_view kAutoencoderPrefix = "first_stage_model.";

// Latents of unit variance, per family: Rombach et al. 2022 (its released configurations), and arXiv:2307.01952 with
// the configuration released with SDXL 1.0. No file tells them.
constexpr double kStableDiffusionScale = 0.18215;
constexpr double kSdxlScale = 0.13025;

// Found in published files, and of no use to a forward pass: training losses, buffers that restate the config.
constexpr std::array<std::string_view, 2> kHarmlessBeginnings = {"first_stage_model.loss.",
                                                                 "first_stage_model.model_ema."};
constexpr std::array<std::string_view, 3> kHarmlessEndings = {".position_ids", ".logit_scale", ".attn_mask"};

bool is_harmless(std::string_view name) {
  return std::ranges::any_of(kHarmlessBeginnings, [&](std::string_view begin) { return name.starts_with(begin); }) ||
         std::ranges::any_of(kHarmlessEndings, [&](std::string_view end) { return name.ends_with(end); });
}

void require_all_claimed(const weights::StateDict& weights, std::string_view prefix) {
  for (const std::string& name : weights.unclaimed(prefix)) {
    if (is_harmless(name)) continue;
    fail(ErrorCode::kUnsupportedModel, "'{}': tensor '{}' has no place in a Stable Diffusion network",
         weights.file().name(), printable(name));
  }
}

// An error about a file's shapes names the file, whoever found it.
template <typename Infer>
auto infer_part(const weights::TensorIndex& index, std::string_view prefix, std::string_view path, Infer infer) {
  try {
    return infer(weights::sub_index(index, prefix));
  } catch (const Error& error) {
    if (prefix.empty()) fail(error.code(), "'{}': {}", path, error.what());
    fail(error.code(), "'{}': below '{}': {}", path, prefix, error.what());
  }
}

int64_t context_width(const std::vector<TextEncoderConfig>& encoders) {
  int64_t width = 0;
  for (const TextEncoderConfig& encoder : encoders) width += encoder.network.width;
  return width;
}

int64_t pooled_width(const std::vector<TextEncoderConfig>& encoders) {
  int64_t width = 0;
  for (const TextEncoderConfig& encoder : encoders) {
    const ClipTextConfig& network = encoder.network;
    if (encoder.reading.wants_pooled) width += network.projection_dim > 0 ? network.projection_dim : network.width;
  }
  return width;
}

// The numbers that fill the vector behind the pooled text: six in SDXL, five in its refiner (arXiv:2307.01952, sec. 2.2
// and 2.5).
std::vector<PictureNumber> infer_picture_numbers(const StableDiffusionConfig& config, std::string_view path) {
  using enum PictureNumber;
  if (config.unet.vector_dim == 0) return {};
  const int64_t rest = config.unet.vector_dim - pooled_width(config.text_encoders);
  if (rest == 6 * kPictureNumberWidth) {
    return {kOriginalHeight, kOriginalWidth, kCropTop, kCropLeft, kTargetHeight, kTargetWidth};
  }
  if (rest == 5 * kPictureNumberWidth) {
    return {kOriginalHeight, kOriginalWidth, kCropTop, kCropLeft, kAestheticScore};
  }
  fail(ErrorCode::kUnsupportedModel,
       "'{}': the U-Net takes a vector of {} values, expected {} of pooled text and {} (SDXL) or {} (its refiner) of "
       "sizes",
       path, config.unet.vector_dim, pooled_width(config.text_encoders), 6 * kPictureNumberWidth,
       5 * kPictureNumberWidth);
}

// Files converted from Hugging Face's layout keep Stable Diffusion 2's encoder in Stable Diffusion 1's place, without
// the last layer, which the model does not read.
void adapt_to_unet(TextEncoderConfig& encoder, const UNetConfig& unet) {
  if (encoder.clip_skip != ClipSkipRule::kFollowed || !unet.has_linear_projections) return;
  encoder.network.has_quick_gelu = false;
  encoder.clip_skip = ClipSkipRule::kIgnored;
  encoder.pads_with_zero = true;
}

void check_parts_fit(const StableDiffusionConfig& config, std::string_view path) {
  const int64_t width = context_width(config.text_encoders);
  if (config.unet.context_dim != width) {
    fail(ErrorCode::kUnsupportedModel, "'{}': the U-Net expects text {} wide, but the text encoder is {} wide", path,
         config.unet.context_dim, width);
  }
  if (config.unet.out_channels != config.autoencoder.embed_dim) {
    fail(ErrorCode::kUnsupportedModel, "'{}': the U-Net gives {} channels, but the autoencoder takes {}", path,
         config.unet.out_channels, config.autoencoder.embed_dim);
  }
  const int64_t cells = config.autoencoder.embed_dim, seen = config.unet.in_channels;
  if (seen != cells && seen != 2 * cells && seen != 2 * cells + 1) {
    fail(ErrorCode::kUnsupportedModel,
         "'{}': the U-Net takes {} channels, expected {}, {} (instruct-pix2pix) or {} (inpainting)", path, seen, cells,
         2 * cells, 2 * cells + 1);
  }
}

}  // namespace

StableDiffusionConfig infer_stable_diffusion_config(const weights::TensorIndex& index, std::string_view path,
                                                    const std::map<std::string, std::string>& metadata) {
  require_checkpoint(index, path);
  StableDiffusionConfig config{
      .unet = infer_part(index, kUNetPrefix, path, infer_unet_config),
      .autoencoder = infer_part(index, kAutoencoderPrefix, path, infer_autoencoder_kl_config),
      .text_encoders = infer_part(index, "", path, infer_text_encoders),
      .picture_numbers = {},
      .facts = training_facts(index, metadata),
  };
  for (TextEncoderConfig& encoder : config.text_encoders) adapt_to_unet(encoder, config.unet);
  config.picture_numbers = infer_picture_numbers(config, path);
  config.autoencoder.scale_factor = config.unet.vector_dim > 0 ? kSdxlScale : kStableDiffusionScale;
  check_parts_fit(config, path);
  return config;
}

StableDiffusion load_stable_diffusion(const io::TensorFile& file, const LoadOptions& options) {
  const StableDiffusionConfig config =
      infer_stable_diffusion_config(weights::index_of(file), file.name(), file.metadata());
  weights::StateDict weights(
      file, weights::WeightLayout{.type = options.type, .device = options.device, .wants_int8 = options.wants_int8});
  weights.let_travel("", options.travel.text_encoders);
  weights.let_travel(std::string(kUNetPrefix), options.travel.unet);
  weights.let_travel(std::string(kAutoencoderPrefix), options.travel.autoencoder);
  const weights::WeightView root = weights.root();
  StableDiffusion model{
      .config = config,
      .text_encoders = {},
      .unet = UNet(root / "model" / "diffusion_model", config.unet),
      .autoencoder = AutoencoderKL(root / "first_stage_model", config.autoencoder),
      .weights = weights.live({}),
  };
  std::vector<std::string_view> patchable = {kUNetPrefix};
  for (const TextEncoderConfig& encoder : config.text_encoders) {
    const weights::WeightView place(weights, encoder.place);
    model.text_encoders.push_back({encoder, make_clip_text_encoder(place, encoder.network)});
    require_all_claimed(weights, encoder.place);
    patchable.push_back(encoder.place);
  }
  model.weights = weights.live(patchable);
  require_all_claimed(weights, kUNetPrefix);
  require_all_claimed(weights, kAutoencoderPrefix);
  return model;
}

AutoencoderKL load_autoencoder(const io::TensorFile& file, const LoadOptions& options, double scale_factor) {
  const weights::TensorIndex index = weights::index_of(file);
  const Detection found = detect(index);
  if (found.kind != FileKind::kAutoencoder && found.kind != FileKind::kCheckpoint) {
    fail(ErrorCode::kUnsupportedModel, "'{}' is {}, expected an autoencoder (VAE)", file.name(),
         family_with_article(found));
  }
  const bool has_prefix = weights::has_prefix(index, kAutoencoderPrefix);
  const std::string_view prefix = has_prefix ? kAutoencoderPrefix : std::string_view();
  AutoencoderKLConfig config = infer_part(index, prefix, file.name(), infer_autoencoder_kl_config);
  config.scale_factor = scale_factor;
  weights::StateDict weights(file, options.type, options.device);
  weights.let_travel("", options.travel.autoencoder);
  return AutoencoderKL(has_prefix ? weights.root() / "first_stage_model" : weights.root(), config);
}

}  // namespace fude::models
