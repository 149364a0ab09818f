#include "pipelines/picture_model.h"

#include <charconv>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/names.h"
#include "models/autoencoders/latent_coder.h"
#include "models/denoisers/prediction_probe.h"
#include "pipelines/face_restoration.h"
#include "pipelines/lone_denoiser.h"
#include "pipelines/memory_demand.h"
#include "pipelines/pixel_upscaling.h"
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
int usual_size(const models::StableDiffusionConfig& config, diffusion::PredictionType prediction) {
  if (config.unet.vector_dim > 0) return 1024;  // SDXL
  const bool is_second = models::comes_in_both_predictions(config.unet);
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

/// The files of a model.
struct ModelFiles {
  NamedFile checkpoint;
  io::FileHash companion;
  std::optional<NamedFile> autoencoder;  // a separate one
};

ModelFiles open_files(const ModelLibrary& library, const GenerationRequest& request) {
  CompleteCheckpoint complete =
      with_text_and_autoencoder(library, library.open_checkpoint(request.model), request.text_encoder);
  std::optional<NamedFile> autoencoder = separate_autoencoder(library, complete.checkpoint, request);
  return {.checkpoint = std::move(complete.checkpoint),
          .companion = std::move(complete.companion),
          .autoencoder = std::move(autoencoder)};
}

bool is_same_model(const ModelFiles& a, const ModelFiles& b) {
  return a.checkpoint.name == b.checkpoint.name && a.checkpoint.hash.digits() == b.checkpoint.hash.digits();
}

// Absent where there is none to take over; nobody takes over from itself.
std::optional<ModelFiles> open_refiner(const ModelLibrary& library, GenerationRequest request,
                                       const ModelFiles& first) {
  if (request.refiner.empty()) return std::nullopt;
  request.model = std::exchange(request.refiner, "");
  ModelFiles files = open_files(library, request);
  return is_same_model(files, first) ? std::nullopt : std::optional(std::move(files));
}

// Absent where the first one makes hires fix's second pass, too.
std::optional<ModelFiles> open_hires(const ModelLibrary& library, GenerationRequest request, const ModelFiles& first) {
  if (!request.enable_hr || request.hr_checkpoint.empty()) return std::nullopt;
  request.model = request.hr_checkpoint;
  ModelFiles files = open_files(library, request);
  return is_same_model(files, first) ? std::nullopt : std::optional(std::move(files));
}

std::vector<int64_t> text_widths(const models::StableDiffusion& networks) {
  std::vector<int64_t> widths;
  for (const models::TextEncoder& encoder : networks.text_encoders) widths.push_back(encoder.config.network.width);
  return widths;
}

// Hires fix's second pass needs the most.
GenerationRequest largest_pass(GenerationRequest request, int native_size) {
  if (!request.enable_hr) return request;
  if (request.width == 0) request.width = native_size;
  if (request.height == 0) request.height = native_size;
  const HiresSize size = hires_size(request);
  request.width = size.width;
  request.height = size.height;
  return request;
}

// Of a network that is not loaded yet and does not show whether it predicts v: the larger.
int expected_native_size(const io::TensorFile& file, const models::StableDiffusionConfig& config) {
  const bool is_known = config.facts.predicts_v == models::Told::kNo;
  return native_size(
      file, usual_size(config, is_known ? diffusion::PredictionType::kEpsilon : diffusion::PredictionType::kV));
}

// A separate autoencoder is taken for one like the checkpoint's own; a tiny one needs less.
void add_demands(const ModelFiles& files, const GenerationRequest& request, at::ScalarType type,
                 std::vector<NetworkDemand>& demands) {
  const io::TensorFile& file = files.checkpoint.file;
  const weights::TensorIndex index = weights::index_of(file);
  const models::StableDiffusionConfig config =
      models::infer_stable_diffusion_config(index, file.name(), file.metadata());
  const int native = expected_native_size(file, config);
  for (const NetworkDemand& demand : memory_demands(index, config, type, largest_pass(request, native), native)) {
    demands.push_back(demand);
  }
}

// On a processor the networks are at home, and the autoencoder looks after itself (picture_coding.cpp).
MemoryWish memory_wish(const GenerationRequest& request, const EngineOptions& engine) {
  const models::VaeTiling tiling = models::vae_tiling_from(request.vae_tiling);
  MemoryWish wish{.mode = engine.memory, .works_in_pieces = std::nullopt};
  if (tiling != models::VaeTiling::kAuto) wish.works_in_pieces = tiling != models::VaeTiling::kOff;
  if (!engine.device.is_cpu()) return wish;
  if (wish.mode == MemoryMode::kAuto) wish.mode = MemoryMode::kFull;
  wish.works_in_pieces = wish.works_in_pieces.value_or(false);
  return wish;
}

PictureModel load_files(const ModelLibrary& library, const ModelFiles& files, const EngineOptions& engine,
                        const models::NetworkTravel& travel) {
  const models::LoadOptions options{
      .type = engine.type, .device = engine.device, .travel = travel, .wants_int8 = engine.multiplies_int8};
  const NamedFile& checkpoint = files.checkpoint;
  models::StableDiffusion networks = models::load_stable_diffusion(checkpoint.file, options);
  const diffusion::PredictionType prediction = prediction_of(networks);
  const int usual = usual_size(networks.config, prediction);
  const std::vector<int64_t> widths = text_widths(networks);
  PictureModel model{.networks = std::move(networks),
                     .adapters = {},
                     .words = std::make_shared<WordShelf>(library, widths),
                     .upscalers = std::make_shared<UpscalerShelf>(library, engine),
                     .faces = std::make_shared<FaceShelf>(library, engine),
                     .engine = engine,
                     .travel = travel,
                     .prediction = prediction,
                     .name = checkpoint.name,
                     .hash = checkpoint.hash,
                     .text_encoder_hash = files.companion,
                     .vae_name = {},
                     .vae_hash = {},
                     .autoencoder_file = checkpoint.file,
                     .native_size = native_size(checkpoint.file, usual)};
  model.adapters = std::make_shared<AdapterShelf>(library, checkpoint.file, model.networks.unet.options());
  if (files.autoencoder) {
    replace_autoencoder(*files.autoencoder, options, model);
    model.vae_name = files.autoencoder->name;
    model.vae_hash = files.autoencoder->hash;
  }
  return model;
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

int expected_native_size(const ModelLibrary& library, const GenerationRequest& request) {
  const CompleteCheckpoint complete =
      with_text_and_autoencoder(library, library.open_checkpoint(request.model), request.text_encoder);
  const io::TensorFile& file = complete.checkpoint.file;
  return expected_native_size(
      file, models::infer_stable_diffusion_config(weights::index_of(file), file.name(), file.metadata()));
}

PictureModel load_picture_model(const ModelLibrary& library, const GenerationRequest& request,
                                const EngineOptions& engine) {
  if (const std::string restorer = acting_face_restorer(request); !restorer.empty())
    FaceLibrary(library).require(restorer);
  const ModelFiles files = open_files(library, request);
  const std::optional<ModelFiles> refiner = open_refiner(library, request, files);
  const std::optional<ModelFiles> hires = open_hires(library, request, files);
  std::vector<NetworkDemand> demands;
  for (const ModelFiles* one : {&files, refiner ? &*refiner : nullptr, hires ? &*hires : nullptr}) {
    if (one != nullptr) add_demands(*one, request, engine.type, demands);
  }
  const MemoryPlan plan = plan_memory(demands, memory_of(engine.device), memory_wish(request, engine));
  // Asked for on a processor, too, what is in RAM is copied there: slow, but the same mechanism.
  const std::vector<models::NetworkTravel> travels = travel_of(plan, engine.device);
  std::size_t next = 0;

  PictureModel model = load_files(library, files, engine, travels.at(next++));
  model.memory = plan;
  if (refiner) {
    model.refiner = std::make_shared<PictureModel>(load_files(library, *refiner, engine, travels.at(next++)));
    model.refiner->memory = plan;
    check_latents_fit(model, *model.refiner);
  }
  if (hires) {
    model.hires = std::make_shared<PictureModel>(load_files(library, *hires, engine, travels.at(next++)));
    model.hires->memory = plan;
    model.hires->refiner = model.refiner;
  }
  // Wanted when a picture is done. Not before: loading needs all processors itself.
  for (PictureModel* loaded : {&model, model.refiner.get(), model.hires.get()}) {
    if (loaded == nullptr) continue;
    loaded->hash.begin();
    loaded->text_encoder_hash.begin();
    loaded->vae_hash.begin();
  }
  return model;
}

}  // namespace fude::pipelines
