#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

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

}  // namespace fude::pipelines
