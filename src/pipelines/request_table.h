#pragma once

#include <span>

#include "pipelines/request_fields.h"

namespace fude::pipelines {

/// The parts of request_fields(): knobs of every picture, and those of pictures that start from another one (img2img,
/// inpainting, hires fix).
std::span<const RequestField> general_fields();
std::span<const RequestField> picture_fields();

}  // namespace fude::pipelines
