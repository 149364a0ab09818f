#include "models/detect.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "core/error.h"
#include "models/adapters/adapter_layout.h"
#include "models/adapters/hypernetwork_layout.h"
#include "models/face_restoration/face_model_layout.h"
#include "models/upscalers/upscaler_layout.h"

namespace fude::models {
namespace {

using weights::TensorIndex;

/// A family is recognised when every one of `needs` is there and none of `lacks`. An entry that ends in '*' stands
/// for any name with that beginning.
struct Signature {
  FileKind kind;
  std::string_view family;
  bool is_supported;
  std::vector<std::string_view> needs;
  std::vector<std::string_view> lacks;
};

constexpr std::string_view kUNetIn = "model.diffusion_model.input_blocks.0.0.weight";
constexpr std::string_view kUNetOut = "model.diffusion_model.out.2.weight";
constexpr std::string_view kDecoder = "first_stage_model.decoder.conv_in.weight";
constexpr std::string_view kClipL = "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight";
constexpr std::string_view kOpenClip = "cond_stage_model.model.token_embedding.weight";
constexpr std::string_view kSdxlFirst =
    "conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight";
constexpr std::string_view kSdxlSecond = "conditioner.embedders.1.*";
constexpr std::string_view kRefinerText = "conditioner.embedders.0.model.*";
constexpr std::string_view kVector = "model.diffusion_model.label_emb.0.0.weight";
constexpr std::string_view kAnySdxlText = "conditioner.embedders.*";

const std::vector<Signature>& signatures() {
  static const std::vector<Signature> table = {
      {FileKind::kCheckpoint, "Stable Diffusion 1.x checkpoint", true, {kUNetIn, kUNetOut, kDecoder, kClipL}, {}},
      {FileKind::kCheckpoint, "Stable Diffusion 2.x checkpoint", true, {kUNetIn, kUNetOut, kDecoder, kOpenClip}, {}},
      {FileKind::kCheckpoint,
       "SDXL checkpoint",
       true,
       {kUNetIn, kUNetOut, kVector, kDecoder, kSdxlFirst, kSdxlSecond},
       {}},
      {FileKind::kCheckpoint,
       "SDXL refiner checkpoint",
       true,
       {kUNetIn, kUNetOut, kVector, kDecoder, kRefinerText},
       {}},
      {FileKind::kDenoiser,
       "U-Net without text encoder or autoencoder",
       false,
       {kUNetIn, kUNetOut},
       {kClipL, kOpenClip, kAnySdxlText}},
      {FileKind::kAutoencoder, "autoencoder (VAE)", false, {kDecoder}, {kUNetIn}},
      {FileKind::kAutoencoder, "autoencoder (VAE)", false, {"decoder.conv_in.weight", "encoder.conv_in.weight"}, {}},
      {FileKind::kAutoencoder, "tiny autoencoder (TAESD)", false, {"taesd_decoder.19.weight"}, {}},
      {FileKind::kAutoencoder, "tiny autoencoder (TAESD)", false, {"decoder.layers.18.weight"}, {}},
      {FileKind::kAutoencoder, "tiny autoencoder (TAESD)", false, {"decoder.19.weight"}, {}},
      {FileKind::kAutoencoder, "tiny autoencoder (TAESD)", false, {"19.weight", "3.conv.0.weight"}, {}},
      {FileKind::kTextEncoder, "text encoder", false, {kClipL}, {kUNetIn, kDecoder}},
      {FileKind::kTextEncoder, "text encoder", false, {"text_model.embeddings.token_embedding.weight"}, {}},
      {FileKind::kCheckpoint, "Stable Diffusion 3 model", false, {"model.diffusion_model.joint_blocks.*"}, {}},
      {FileKind::kCheckpoint, "Flux model", false, {"model.diffusion_model.double_blocks.*"}, {}},
      {FileKind::kDenoiser, "Flux model", false, {"double_blocks.*", "single_blocks.*"}, {}},
      {FileKind::kTextEncoder, "T5 text encoder", false, {"encoder.block.0.layer.0.SelfAttention.q.weight"}, {}},
      {FileKind::kAdapter, "LoRA", false, {"lora_unet_*"}, {}},
      {FileKind::kAdapter, "LoRA", false, {"lora_te*"}, {"lora_unet_*"}},
      {FileKind::kAdapter, "LoRA", false, {"unet.*"}, {}},
      {FileKind::kAdapter, "ControlNet", false, {"control_model.*"}, {}},
      {FileKind::kEmbedding, "textual inversion embedding", false, {"emb_params"}, {}},
      {FileKind::kEmbedding, "textual inversion embedding", false, {"string_to_param.*"}, {}},
      {FileKind::kEmbedding, "textual inversion embedding for SDXL", false, {"clip_l", "clip_g"}, {}},
  };
  return table;
}

bool is_there(const TensorIndex& index, std::string_view pattern) {
  if (pattern.ends_with('*')) return weights::has_prefix(index, pattern.substr(0, pattern.size() - 1));
  return index.contains(std::string(pattern));
}

bool matches(const TensorIndex& index, const Signature& signature) {
  const auto here = [&](std::string_view pattern) { return is_there(index, pattern); };
  return std::ranges::all_of(signature.needs, here) && std::ranges::none_of(signature.lacks, here);
}

// The family of which the file has the most keys, if it has any, and of several the one that needs the fewest more:
// "nearly a checkpoint, but ... is missing".
Detection nearest(const TensorIndex& index) {
  Detection best{.kind = FileKind::kUnknown, .family = "unknown model file"};
  std::size_t most = 0, fewest = 0;
  for (const Signature& signature : signatures()) {
    std::vector<std::string> missing;
    for (const std::string_view key : signature.needs) {
      if (!is_there(index, key)) missing.emplace_back(key);
    }
    const std::size_t present = signature.needs.size() - missing.size();
    if (present > most || (present == most && most > 0 && missing.size() < fewest)) {
      most = present;
      fewest = missing.size();
      best.missing = std::move(missing);
      best.family = signature.family;
    }
  }
  return best;
}

// Its names begin with a width, which may be any number.
bool is_hypernetwork(const TensorIndex& index) {
  return std::ranges::any_of(index, [](const auto& entry) { return is_hypernetwork_tensor(entry.first); });
}

// What names do not tell of a checkpoint: Stable Diffusion 2 under Hugging Face's names, whose transformers have
// matrices for convolutions, and the forms that see a picture beside the latent.
std::string checkpoint_family(const Signature& signature, const TensorIndex& index) {
  constexpr std::string_view kEnding = " checkpoint", kProjection = "input_blocks.1.1.proj_in.weight";
  std::string family(signature.family.substr(0, signature.family.size() - kEnding.size()));
  const auto projection = index.find("model.diffusion_model." + std::string(kProjection));
  const bool is_linear = projection != index.end() && projection->second.size() == 2;
  if (is_linear && family == "Stable Diffusion 1.x") family = "Stable Diffusion 2.x";
  const std::vector<int64_t>& first = index.at(std::string(kUNetIn));
  const int64_t channels = first.size() == 4 ? first[1] : 0;
  if (channels == 9) family += " inpainting";
  if (channels == 8) family += " instruct-pix2pix";
  return family + std::string(kEnding);
}

}  // namespace

Detection detect(const TensorIndex& index) {
  for (const Signature& signature : signatures()) {
    if (matches(index, signature)) {
      const bool has_forms = signature.kind == FileKind::kCheckpoint && signature.is_supported;
      return {.kind = signature.kind,
              .family = has_forms ? checkpoint_family(signature, index) : std::string(signature.family),
              .is_supported = signature.is_supported};
    }
  }
  // Adapters have many namings; one of a rarer kind is known by its parts.
  if (!read_adapter_layout(index).modules.empty()) return {.kind = FileKind::kAdapter, .family = "LoRA"};
  if (is_hypernetwork(index)) return {.kind = FileKind::kAdapter, .family = std::string(kHypernetworkFamily)};
  if (const auto family = upscaler_family(UpscalerNames(index).canonical(index))) {
    return {.kind = FileKind::kUpscaler, .family = fmt::format("{} upscaler", name_of(*family))};
  }
  if (const auto layout = face_model_layout(index)) {
    const bool restores = layout->family == FaceModelFamily::kCodeFormer || layout->family == FaceModelFamily::kGfpgan;
    const bool finds = layout->family == FaceModelFamily::kRetinaFace;
    return {.family = fmt::format("{} face {}", name_of(layout->family),
                                  restores ? "restorer"
                                  : finds  ? "detector"
                                           : "parser")};
  }
  return nearest(index);
}

std::string family_with_article(const Detection& detection) {
  const std::string_view family = detection.family;
  const bool begins_with_vowel = std::string_view("aeiou").find(family.front()) != std::string_view::npos;
  // "ess-dee-ex-ell", "ee-es-ar-gan"
  const bool is_spelt_out = family.starts_with("SDXL") || family.starts_with("ESRGAN");
  return (begins_with_vowel || is_spelt_out ? "an " : "a ") + std::string(family);
}

void require_checkpoint(const TensorIndex& index, std::string_view path) {
  const Detection found = detect(index);
  if (found.is_supported) return;
  if (found.kind != FileKind::kUnknown) {
    fail(ErrorCode::kUnsupportedModel, "'{}' is {}, expected a Stable Diffusion checkpoint", path,
         family_with_article(found));
  }
  if (found.missing.empty()) {
    fail(ErrorCode::kUnsupportedModel,
         "'{}' holds {} tensors of no known model, expected a Stable Diffusion checkpoint", path, index.size());
  }
  fail(ErrorCode::kUnsupportedModel, "'{}' is nearly {}, but lacks '{}'", path, family_with_article(found),
       fmt::join(found.missing, "', '"));
}

}  // namespace fude::models
