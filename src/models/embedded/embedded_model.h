#pragma once

#include "io/tensor_file.h"

namespace fude::models {

/// The name the default model goes by on the command line and in pictures.
inline constexpr std::string_view kEmbeddedModelName = "Hajime";

/// The default model that is part of the program (models/hajime/hajime.safetensors). A view of the program's own
/// memory: nothing is read or copied.
io::TensorFile embedded_model();

}  // namespace fude::models
