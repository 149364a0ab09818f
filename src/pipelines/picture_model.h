#pragma once

#include <string>

#include "models/stable_diffusion.h"
#include "pipelines/engine_options.h"
#include "pipelines/generation_request.h"
#include "pipelines/model_library.h"

namespace fude::pipelines {

/// A checkpoint with its autoencoder, ready to make pictures, and the names they carry into a picture's text.
struct PictureModel {
  models::StableDiffusion networks;
  EngineOptions engine;
  std::string name;
  std::string hash;      // 10 digits
  std::string vae_name;  // empty: the checkpoint's own autoencoder
  std::string vae_hash;
  int native_size = 512;  // pixels along a side of the square pictures it was trained on
};

/// Opens what request.model and request.vae name. Throws Error: kNotFound, kCorruptFile, kUnsupportedModel.
PictureModel load_picture_model(const ModelLibrary& library, const GenerationRequest& request,
                                const EngineOptions& engine);

/// The side of a model's training pictures from its metadata ("modelspec.resolution": "256x256"); 512, that of Stable
/// Diffusion 1.x, where it does not tell.
int native_size(const io::TensorFile& file);

}  // namespace fude::pipelines
