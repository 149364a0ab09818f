#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <functional>

#include "io/images/image.h"
#include "pipelines/model_library.h"
#include "pipelines/picture_model.h"

namespace fude::pipelines {

/// Shown the clean latents [B,C,h,w] that a step expects, in the denoiser's scale.
using LatentListener = std::function<void(const at::Tensor& denoised)>;

/// What the first picture of a batch will about look like.
using PreviewDrawer = std::function<io::Image(const at::Tensor& denoised)>;

/// Draws such a picture by a tiny autoencoder: the model's, else one that `library` has in "VAE-approx" under a name
/// that begins with "taesdxl" (for SDXL) or "taesd"; else without a network, a pixel for a latent cell. `model` must
/// outlive the drawer. Throws Error as load_tiny_autoencoder, now.
PreviewDrawer preview_drawer(const ModelLibrary& library, const PictureModel& model);

/// The same to the PNG file `path`, over and over; a reader never sees half a file. The listener throws Error as
/// io::write_png.
LatentListener preview_writer(const ModelLibrary& library, const PictureModel& model, std::filesystem::path path);

}  // namespace fude::pipelines
