#pragma once

#include <filesystem>

#include "io/tensor_file.h"

namespace fude::weights {

/// Opens a model however it is kept: a file of any kind (io/tensor_file.h), or a folder in the diffusers layout. Names
/// are those of the original release's single files, whatever the file's own are; see with_original_names and, for a
/// U-Net that is there as averages only, with_averages_as_weights (ema_names.h). Throws as io::TensorFile::open and
/// io::open_diffusers_folder do, and Error(kCorruptFile) where two tensors claim one name.
io::TensorFile open_model(const std::filesystem::path& path);

/// The same tensors under the original release's names. Known are: U-Nets and autoencoders of the diffusers library,
/// U-Nets without the "model.diffusion_model." before their names (as ComfyUI-GGUF writes them), and text encoders as
/// stable-diffusion.cpp names them. Anything else comes back as it is.
io::TensorFile with_original_names(const io::TensorFile& file);

}  // namespace fude::weights
