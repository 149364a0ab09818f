#pragma once

#include <span>

#include "pipelines/request_fields.h"

namespace fude::pipelines {

/// The parts of request_fields(), in its order.

/// What is drawn: words, models, seed, size, and how words are read.
std::span<const RequestField> general_fields();

/// How samplers and their noise levels go from noise to a picture.
std::span<const RequestField> sampling_fields();

/// How a step is steered: what guidance leaves out, rescales or adds.
std::span<const RequestField> guidance_fields();

/// How the work is done: in tiles, with merged tokens, in batches; and what is kept of it.
std::span<const RequestField> work_fields();

/// Pictures that start from another one: img2img, inpainting, hires fix.
std::span<const RequestField> picture_fields();

}  // namespace fude::pipelines
