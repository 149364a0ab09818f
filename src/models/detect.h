#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weights/tensor_index.h"

namespace fude::models {

enum class FileKind { kCheckpoint, kAutoencoder, kDenoiser, kTextEncoder, kAdapter, kEmbedding, kUpscaler, kUnknown };

/// What a model file is, told by its tensors' names and a few shapes.
struct Detection {
  FileKind kind = FileKind::kUnknown;
  std::string family = {};    // "Stable Diffusion 1.x checkpoint"; "unknown model file" when no signature matches
  bool is_supported = false;  // whether pictures can be made from it
  std::vector<std::string> missing = {};  // of an unknown file: the keys that its nearest family has and it lacks
};

constexpr std::string_view kHypernetworkFamily = "hypernetwork";

Detection detect(const weights::TensorIndex& index);

/// "a LoRA", "an autoencoder (VAE)": the family for use in a sentence.
std::string family_with_article(const Detection& detection);

/// Throws Error(kUnsupportedModel) that says what the file is instead, unless it is a checkpoint Fude can run.
void require_checkpoint(const weights::TensorIndex& index, std::string_view path);

}  // namespace fude::models
