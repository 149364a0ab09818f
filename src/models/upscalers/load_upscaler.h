#pragma once

#include <memory>

#include "io/tensor_file.h"
#include "models/upscalers/upscaler.h"
#include "weights/tensor_index.h"

namespace fude::models {

/// Whether the names (as a file has them) are those of a network that load_upscaler() builds.
bool is_upscaler(const weights::TensorIndex& index);

/// What a file's names and shapes say of an upscaler, without reading weights.
struct UpscalerSummary {
  std::string_view family;
  int64_t scale = 1;
};

/// Throws Error(kUnsupportedModel) for other files and shapes.
UpscalerSummary summarise_upscaler(const weights::TensorIndex& index);

/// Builds the network that the file's tensors are of; its name and place do not matter. Throws
/// Error(kUnsupportedModel) for networks of other kinds and for tensors without a place, Error(kCorruptFile) for
/// missing ones and other shapes.
std::unique_ptr<Upscaler> load_upscaler(const io::TensorFile& file, at::ScalarType type, at::Device device);

}  // namespace fude::models
