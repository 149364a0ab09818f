#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "io/tensor_file.h"
#include "weights/tensor_index.h"

namespace fude::weights {

/// Whether a file holds a U-Net only as the running average of its training ("model_ema.*"). Where both are there, the
/// weights themselves are used, as published programs do.
bool has_only_averaged_unet(const TensorIndex& index);

/// The name of the weight whose average is stored as `name`, which is that name without its dots:
/// "model_ema.diffusion_modelinput_blocks10weight" -> "model.diffusion_model.input_blocks.1.0.weight".
/// Absent for counters and for names that no U-Net of Stable Diffusion has.
std::optional<std::string> averaged_name(std::string_view name);

/// A file whose U-Net is there as averages only, with those under the weights' own names; any other as it is.
io::TensorFile with_averages_as_weights(const io::TensorFile& file);

}  // namespace fude::weights
