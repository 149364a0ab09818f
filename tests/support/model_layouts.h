#pragma once

#include <filesystem>
#include <string>

namespace fude::tests {

/// Ways in which a whole Stable Diffusion model is kept.
enum class ModelLayout {
  kSafetensors,
  kZipCheckpoint,     // PyTorch's, below "state_dict"
  kLegacyCheckpoint,  // PyTorch's before 1.6
  kDiffusersFolder,
  kAverages,  // the U-Net as its running average only
  kGguf,      // F16, names as in a checkpoint
};

/// Writes the checkpoint, a .safetensors file of 16-bit weights, in another layout below `folder`; its path.
std::filesystem::path write_layout(ModelLayout layout, const std::filesystem::path& checkpoint,
                                   const std::filesystem::path& folder);

/// Writes the U-Net alone, under its names without "model.diffusion_model.", as files for ComfyUI have it. GGUF keeps
/// shapes of up to four numbers, so nothing is flattened.
std::filesystem::path write_bare_unet(const std::filesystem::path& checkpoint, const std::filesystem::path& folder,
                                      bool as_gguf);

}  // namespace fude::tests
