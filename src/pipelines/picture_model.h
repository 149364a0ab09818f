#pragma once

#include <memory>
#include <optional>
#include <string>

#include "diffusion/prediction.h"
#include "models/autoencoders/tiny_autoencoder.h"
#include "models/stable_diffusion.h"
#include "pipelines/adapter_shelf.h"
#include "pipelines/engine_options.h"
#include "pipelines/generation_request.h"
#include "pipelines/memory_plan.h"
#include "pipelines/model_library.h"
#include "pipelines/word_shelf.h"

namespace fude::pipelines {

class FaceShelf;
class UpscalerShelf;

/// A checkpoint with its autoencoder, ready to make pictures, and the names they carry into a picture's text.
struct PictureModel {
  models::StableDiffusion networks;
  std::shared_ptr<AdapterShelf> adapters;  // those that prompts may name
  std::shared_ptr<WordShelf> words;        // textual inversions
  std::shared_ptr<UpscalerShelf> upscalers;
  std::shared_ptr<FaceShelf> faces;
  EngineOptions engine;
  MemoryPlan memory = {};                // of this model and its refiner together
  models::NetworkTravel travel = {};     // as that plan asks for
  diffusion::PredictionType prediction;  // what the file says, or the network shows
  std::string name;
  io::FileHash hash;                    // 10 digits
  io::FileHash text_encoder_hash = {};  // of the checkpoint that completes a lone U-Net; empty: none does
  std::string vae_name;                 // empty: the checkpoint's own autoencoder
  io::FileHash vae_hash;
  io::TensorFile autoencoder_file;                               // where the autoencoder's weights are
  std::optional<models::TinyAutoencoder> tiny_autoencoder = {};  // decodes instead of networks.autoencoder
  std::shared_ptr<PictureModel> refiner = {};                    // takes over at the end of a run; null: none
  std::shared_ptr<PictureModel> hires = {};                      // makes hires fix's second pass; null: this one
  int native_size = 512;  // pixels along a side of the square pictures it was trained on
};

/// Opens what request.model, request.vae and request.refiner name. Throws Error: kNotFound, kCorruptFile,
/// kUnsupportedModel (also for a refiner or an autoencoder that works on other latents), kOutOfResources (the device's
/// memory is not enough for such pictures).
PictureModel load_picture_model(const ModelLibrary& library, const GenerationRequest& request,
                                const EngineOptions& engine);

/// The side of a model's training pictures from its metadata ("modelspec.resolution": "256x256"), or `usual` where that
/// does not tell.
int native_size(const io::TensorFile& file, int usual = 512);

/// The same of the model that a request would be made with, by its files' headers alone: PictureModel::native_size
/// unless only the loaded network shows what it predicts. Throws Error as load_picture_model() for files that are not
/// there or no model.
int expected_native_size(const ModelLibrary& library, const GenerationRequest& request);

}  // namespace fude::pipelines
