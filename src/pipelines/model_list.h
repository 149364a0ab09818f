#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/model_library.h"

namespace fude::pipelines {

/// What a file in the models folder can be used as.
enum class ModelUse { kCheckpoint, kAutoencoder, kLora, kEmbedding, kHypernetwork };

/// "checkpoint", "vae", "lora", "embedding", "hypernetwork".
std::string_view use_name(ModelUse use);

/// One file, or folder in the diffusers layout, of the models folder.
struct ListedModel {
  ModelUse use = ModelUse::kCheckpoint;
  std::string name;            // what a flag or a prompt calls it
  std::filesystem::path path;  // empty: the embedded default model
  std::uint64_t byte_count = 0;
  std::string family;   // "SDXL checkpoint"; empty where the file cannot be read
  std::string problem;  // why it cannot be used as what its folder says; else empty
};

/// Everything there is, by use, then by path; the embedded model first. Reads the files' headers only. A file that
/// cannot be read, or is something else, is listed with what is wrong.
std::vector<ListedModel> list_models(const ModelLibrary& library);

}  // namespace fude::pipelines
