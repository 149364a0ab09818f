#include "pipelines/live_preview.h"

#include <memory>
#include <string_view>
#include <utility>

#include "io/images/png_file.h"
#include "models/autoencoders/latent_preview.h"
#include "models/autoencoders/tiny_autoencoder.h"
#include "pipelines/picture_coding.h"
#include "weights/model_files.h"

namespace fude::pipelines {
namespace {

constexpr std::string_view kPreviewNetworks = "VAE-approx";

bool is_sdxl(const PictureModel& model) { return model.networks.config.unet.vector_dim > 0; }

bool is_meant_for(const PictureModel& model, const std::filesystem::path& file) {
  const std::string name = file.stem().string();
  return name.starts_with(is_sdxl(model) ? "taesdxl" : "taesd") && name.starts_with("taesdxl") == is_sdxl(model);
}

std::shared_ptr<const models::TinyAutoencoder> find_tiny_autoencoder(const ModelLibrary& library,
                                                                     const PictureModel& model) {
  if (model.tiny_autoencoder) return std::make_shared<const models::TinyAutoencoder>(*model.tiny_autoencoder);
  for (const std::filesystem::path& file : library.files_in(kPreviewNetworks)) {
    if (!is_meant_for(model, file) || file.stem().string().ends_with("_encoder")) continue;
    return std::make_shared<const models::TinyAutoencoder>(
        models::load_tiny_autoencoder(weights::open_model(file), model.engine.type, model.engine.device));
  }
  return nullptr;
}

}  // namespace

LatentListener preview_writer(const ModelLibrary& library, const PictureModel& model, std::filesystem::path path) {
  return [&model, tiny = find_tiny_autoencoder(library, model), path = std::move(path)](const at::Tensor& denoised) {
    const at::Tensor first = denoised.narrow(0, 0, 1);
    const auto space = is_sdxl(model) ? models::LatentSpace::kSdxl : models::LatentSpace::kStableDiffusion;
    const at::Tensor image =
        tiny ? tiny->decode(first.to(model.engine.type)).to(at::kFloat) : models::preview_of(first, space);
    io::write_png(path, to_image(image));
  };
}

}  // namespace fude::pipelines
