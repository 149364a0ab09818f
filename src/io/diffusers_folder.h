#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "io/tensor_file.h"

namespace fude::io {

/// A model in the layout of the diffusers library: a folder with "model_index.json" and a folder for each network.
struct DiffusersFolder {
  struct Part {
    std::string network;            // "unet", "vae", "text_encoder", "text_encoder_2"
    std::vector<TensorFile> files;  // one, or the shards in their index's order
  };
  std::vector<Part> parts;                      // the denoiser first
  std::map<std::string, std::string> metadata;  // what its settings tell, by the names single files use
};

/// Whether the path is such a folder.
bool is_diffusers_folder(const std::filesystem::path& path);

/// Opens such a folder, or that of a single network. Finds the networks' files: safetensors before .bin, whole before
/// sharded, full precision before "fp16". The settings of noise levels and sizes become metadata:
/// "modelspec.prediction_type", "modelspec.resolution", "ss_zero_terminal_snr". Throws Error: kNotFound (no network is
/// there), kCorruptFile (damaged settings, an index that names files elsewhere or tensors that its files lack).
DiffusersFolder open_diffusers_folder(const std::filesystem::path& path);

}  // namespace fude::io
