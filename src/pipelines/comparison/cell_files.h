#pragma once

#include <span>

#include "pipelines/comparison/cells.h"

namespace fude::pipelines {
class ModelLibrary;
}

namespace fude::pipelines::comparison {

/// Looks for every model, refiner, autoencoder and upscaler that the cells name, before the first is loaded. Throws
/// Error(kNotFound) as ModelLibrary does.
void check_files(const ModelLibrary& library, std::span<const Cell> cells);

}  // namespace fude::pipelines::comparison
