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

// The published latent spaces belong to autoencoders of one width; who trained a smaller one has made a space of his
// own.
models::LatentColours colours_of(const PictureModel& model) {
  const models::AutoencoderKL& autoencoder = model.networks.autoencoder;
  if (autoencoder.config().channels != models::AutoencoderKLConfig{}.channels)
    return models::fitted_colours(autoencoder);
  return is_sdxl(model) ? models::sdxl_colours() : models::stable_diffusion_colours();
}

io::Image drawn_by(const models::TinyAutoencoder& tiny, const PictureModel& model, const at::Tensor& latent) {
  return to_image(tiny.decode(latent.to(model.engine.type)));
}

at::Tensor first_of(const at::Tensor& batch) { return batch.narrow(0, 0, 1); }

}  // namespace

PreviewDrawer preview_drawer(const ModelLibrary& library, const PictureModel& model) {
  if (const auto tiny = find_tiny_autoencoder(library, model)) {
    return [&model, tiny](const at::Tensor& denoised) { return drawn_by(*tiny, model, first_of(denoised)); };
  }
  return [colours = colours_of(model)](const at::Tensor& denoised) {
    return to_image(models::preview_of(first_of(denoised), colours));
  };
}

LatentListener preview_writer(const ModelLibrary& library, const PictureModel& model, std::filesystem::path path) {
  return [draw = preview_drawer(library, model), path = std::move(path)](const at::Tensor& denoised) {
    io::write_png(path, draw(denoised));
  };
}

}  // namespace fude::pipelines
