#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/tensor_file.h"
#include "models/adapters/trained_words.h"
#include "models/autoencoders/autoencoder_kl.h"
#include "models/denoisers/unet_config.h"
#include "models/detect.h"
#include "models/text_encoders/text_encoder.h"

namespace fude::models {

/// A group of tensors that belong together: "model.diffusion_model", "lora_unet".
struct FilePart {
  std::string name;
  int64_t tensor_count = 0;
  int64_t parameter_count = 0;
};

/// What names, shapes and metadata of a LoRA, or one of its kin, tell.
struct LoraFacts {
  int64_t module_count = 0;  // weights of the model that it changes
  int64_t lowest_rank = 0;   // 0 in both: no part has a rank
  int64_t highest_rank = 0;
  std::map<std::string, int64_t> families = {};  // "LoRA", "LoHa", ..: modules
  std::vector<TrainedWord> words = {};           // of its training, the most frequent first
  std::vector<std::string> bundled_words = {};   // textual inversions that it carries
};

/// A textual inversion.
struct EmbeddingFacts {
  int64_t vector_count = 0;
  std::vector<int64_t> widths = {};  // of the text encoders that it is for
};

struct HypernetworkFacts {
  std::vector<int64_t> widths = {};  // of what attention reads, that it has layers for
  std::size_t layer_count = 0;       // on the longer side, at most
  std::string activation = {};       // empty: none
};

struct UpscalerFacts {
  int64_t scale = 1;  // how many times wider and higher the picture becomes
};

/// All that a model file's header says about it; no tensor data is read.
struct FileSummary {
  Detection detection;
  int64_t tensor_count = 0;
  int64_t parameter_count = 0;                 // elements of all tensors
  std::map<std::string, int64_t> type_counts;  // type name -> elements
  std::vector<FilePart> parts;                 // the largest first
  std::optional<UNetConfig> unet;              // each where the file has such a part and its shapes make sense
  std::optional<AutoencoderKLConfig> autoencoder;
  std::vector<TextEncoderConfig> text_encoders;
  std::optional<LoraFacts> lora;
  std::optional<EmbeddingFacts> embedding;
  std::optional<HypernetworkFacts> hypernetwork;
  std::optional<UpscalerFacts> upscaler;
  std::string prediction_type;  // "epsilon", "v"; empty where neither the file nor its family tells
  std::string licence;          // as the metadata names it; may be empty
  std::string problem;          // why pictures cannot be made from a file that looks like a checkpoint; else empty
};

/// Whether Fude can use the file: make pictures from it, or with it as an adapter, or larger by it.
bool is_usable(const FileSummary& summary);

FileSummary summarize(const io::TensorFile& file);

}  // namespace fude::models
