#include "pipelines/picture_model.h"

#include <charconv>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/names.h"
#include "models/denoisers/prediction_probe.h"
#include "pipelines/lone_denoiser.h"
#include "weights/state_dict.h"

namespace fude::pipelines {
namespace {

std::optional<NamedFile> separate_autoencoder(const ModelLibrary& library, const NamedFile& checkpoint,
                                              const GenerationRequest& request) {
  const std::string& vae = request.vae;
  const bool is_automatic = vae.empty() || same_name(vae, "Automatic") || same_name(vae, "auto");
  if (is_automatic || !request.vae_overrides_model_preferences) {
    if (auto own = library.matching_autoencoder(checkpoint)) return own;
  }
  if (is_automatic || same_name(vae, "none")) return std::nullopt;
  return library.open_autoencoder(vae);
}

diffusion::PredictionType prediction_of(const models::StableDiffusion& networks) {
  using enum diffusion::PredictionType;
  const models::Told told = networks.config.facts.predicts_v;
  if (told != models::Told::kNotTold) return told == models::Told::kYes ? kV : kEpsilon;
  if (!models::comes_in_both_predictions(networks.config.unet)) return kEpsilon;
  return models::answers_with_velocity(networks.unet) ? kV : kEpsilon;
}

// The side of the pictures that a family was trained on, as its releases state it.
int usual_size(const models::StableDiffusion& networks, diffusion::PredictionType prediction) {
  if (networks.config.unet.vector_dim > 0) return 1024;  // SDXL
  const bool is_second = models::comes_in_both_predictions(networks.config.unet);
  return is_second && prediction == diffusion::PredictionType::kV ? 768 : 512;
}

// A refiner goes on where the model stopped, so both must mean the same by a latent.
void check_latents_fit(const PictureModel& model, const PictureModel& refiner) {
  const models::AutoencoderKLConfig& own = model.networks.config.autoencoder;
  const models::AutoencoderKLConfig& other = refiner.networks.config.autoencoder;
  const bool fits = own.embed_dim == other.embed_dim && own.downscale() == other.downscale() &&
                    own.scale_factor == other.scale_factor;
  if (fits) return;
  fail(ErrorCode::kUnsupportedModel,
       "refiner '{}' works on latents of {} channels scaled by {}, expected {} and {} as '{}' does", refiner.name,
       other.embed_dim, other.scale_factor, own.embed_dim, own.scale_factor, model.name);
}

std::shared_ptr<PictureModel> load_refiner(const ModelLibrary& library, const PictureModel& model,
                                           GenerationRequest request, const EngineOptions& engine) {
  request.model = std::exchange(request.refiner, "");
  auto refiner = std::make_shared<PictureModel>(load_picture_model(library, request, engine));
  if (refiner->name == model.name && refiner->hash.digits() == model.hash.digits())
    return nullptr;  // nobody takes over from itself
  check_latents_fit(model, *refiner);
  return refiner;
}

void check_autoencoder_fits(const NamedFile& vae, int64_t channels, int64_t cell,
                            const models::AutoencoderKLConfig& expected) {
  if (channels == expected.embed_dim && cell == expected.downscale()) return;
  fail(ErrorCode::kUnsupportedModel,
       "autoencoder '{}' works on latents of {} channels and {} pixels a cell, expected {} and {} for this model",
       vae.name, channels, cell, expected.embed_dim, expected.downscale());
}

void replace_autoencoder(const NamedFile& vae, const models::LoadOptions& options, PictureModel& model) {
  const models::AutoencoderKLConfig& own = model.networks.config.autoencoder;
  if (models::is_tiny_autoencoder(weights::index_of(vae.file))) {
    model.tiny_autoencoder = models::load_tiny_autoencoder(vae.file, options.type, options.device);
    check_autoencoder_fits(vae, model.tiny_autoencoder->config().latent_channels, model.tiny_autoencoder->downscale(),
                           own);
    return;
  }
  model.autoencoder_file = vae.file;
  model.networks.autoencoder = models::load_autoencoder(vae.file, options, own.scale_factor);
  const models::AutoencoderKLConfig& other = model.networks.autoencoder.config();
  check_autoencoder_fits(vae, other.embed_dim, other.downscale(), own);
}

std::vector<int64_t> text_widths(const models::StableDiffusion& networks) {
  std::vector<int64_t> widths;
  for (const models::TextEncoder& encoder : networks.text_encoders) widths.push_back(encoder.config.network.width);
  return widths;
}

}  // namespace

int native_size(const io::TensorFile& file, int usual) {
  constexpr int kSmallest = 64, kLargest = 8192;
  const auto entry = file.metadata().find("modelspec.resolution");
  if (entry == file.metadata().end()) return usual;
  int size = 0;
  const std::string& text = entry->second;
  std::from_chars(text.data(), text.data() + text.size(), size);
  const bool is_usable = size >= kSmallest && size <= kLargest && size % 8 == 0;
  return is_usable ? size : usual;
}

PictureModel load_picture_model(const ModelLibrary& library, const GenerationRequest& request,
                                const EngineOptions& engine) {
  const models::LoadOptions options{.type = engine.type, .device = engine.device};
  const NamedFile checkpoint =
      with_text_and_autoencoder(library, library.open_checkpoint(request.model), request.text_encoder);
  models::StableDiffusion networks = models::load_stable_diffusion(checkpoint.file, options);
  const diffusion::PredictionType prediction = prediction_of(networks);
  const int usual = usual_size(networks, prediction);
  const std::vector<int64_t> widths = text_widths(networks);
  PictureModel model{.networks = std::move(networks),
                     .adapters = {},
                     .words = std::make_shared<WordShelf>(library, widths),
                     .engine = engine,
                     .prediction = prediction,
                     .name = checkpoint.name,
                     .hash = checkpoint.hash,
                     .vae_name = {},
                     .vae_hash = {},
                     .autoencoder_file = checkpoint.file,
                     .native_size = native_size(checkpoint.file, usual)};
  model.adapters = std::make_shared<AdapterShelf>(library, checkpoint.file, model.networks.unet.options());
  if (const auto vae = separate_autoencoder(library, checkpoint, request)) {
    replace_autoencoder(*vae, options, model);
    model.vae_name = vae->name;
    model.vae_hash = vae->hash;
  }
  if (!request.refiner.empty()) model.refiner = load_refiner(library, model, request, engine);
  // Wanted when a picture is done. Not before: loading needs all processors itself.
  model.hash.begin();
  model.vae_hash.begin();
  return model;
}

}  // namespace fude::pipelines
