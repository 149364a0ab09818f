#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "io/tensor_file.h"

namespace fude::tests {

/// The tensors of a Stable Diffusion checkpoint of any family as the diffusers library divides and names them: per
/// network ("unet", "vae"), name and the checkpoint's name. Written down block by block after the structure of both
/// libraries' models, and covering every tensor, so that it checks the map of src/weights.
std::map<std::string, std::vector<std::pair<std::string, std::string>>> diffusers_names(
    const io::TensorFile& checkpoint);

/// Writes a checkpoint (a .safetensors file) as a folder in the diffusers layout, with the matrices for convolutions
/// and the text encoders by Hugging Face's names that layout has. `ending` is ".safetensors" or ".fp16.safetensors".
void write_diffusers_folder(const std::filesystem::path& checkpoint, const std::filesystem::path& folder,
                            const std::string& ending = ".safetensors");

}  // namespace fude::tests
