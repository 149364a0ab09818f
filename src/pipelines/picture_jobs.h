#pragma once

#include <span>

#include "pipelines/text_to_image.h"

namespace fude::pipelines {

/// Carries out several jobs of expand_words(), one after the other, as if they were one: pictures are numbered through,
/// steps counted together. The jobs must take equally many steps. Those of SD upscale record no latents. Throws as
/// text_to_image() does.
LatentRecord run_picture_jobs(PictureModel& model, std::span<const GenerationRequest> jobs,
                              const TextToImageEvents& events);

}  // namespace fude::pipelines
