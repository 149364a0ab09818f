#include "pipelines/picture_model.h"

#include <charconv>
#include <optional>
#include <utility>

#include "core/names.h"

namespace fude::pipelines {
namespace {

std::optional<NamedFile> separate_autoencoder(const ModelLibrary& library, const NamedFile& checkpoint,
                                              const std::string& vae) {
  if (same_name(vae, "none")) return std::nullopt;
  if (vae.empty() || same_name(vae, "Automatic") || same_name(vae, "auto")) {
    return library.matching_autoencoder(checkpoint);
  }
  return library.open_autoencoder(vae);
}

}  // namespace

int native_size(const io::TensorFile& file) {
  constexpr int kStableDiffusion1 = 512;
  constexpr int kSmallest = 64, kLargest = 8192;
  const auto entry = file.metadata().find("modelspec.resolution");
  if (entry == file.metadata().end()) return kStableDiffusion1;
  int size = 0;
  const std::string& text = entry->second;
  std::from_chars(text.data(), text.data() + text.size(), size);
  const bool is_usable = size >= kSmallest && size <= kLargest && size % 8 == 0;
  return is_usable ? size : kStableDiffusion1;
}

PictureModel load_picture_model(const ModelLibrary& library, const GenerationRequest& request,
                                const EngineOptions& engine) {
  const models::LoadOptions options{.type = engine.type, .device = engine.device};
  const NamedFile checkpoint = library.open_checkpoint(request.model);
  PictureModel model{.networks = models::load_stable_diffusion(checkpoint.file, options),
                     .engine = engine,
                     .name = checkpoint.name,
                     .hash = checkpoint.hash,
                     .vae_name = {},
                     .vae_hash = {},
                     .native_size = native_size(checkpoint.file)};
  if (const auto vae = separate_autoencoder(library, checkpoint, request.vae)) {
    model.networks.autoencoder = models::load_autoencoder(vae->file, options);
    model.vae_name = vae->name;
    model.vae_hash = vae->hash;
  }
  return model;
}

}  // namespace fude::pipelines
