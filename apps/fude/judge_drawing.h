#pragma once

#include <cstdint>
#include <string>

#include "core/cancellation.h"
#include "pipelines/text_to_image.h"

namespace fude::apps {

/// What every picture of an examination is made with.
pipelines::GenerationRequest examination_request(const std::string& model);

/// Picture `index` of the examination with this seed. Throws Error(kCancelled).
pipelines::FinishedPicture draw_examination_picture(pipelines::PictureModel& model,
                                                    pipelines::GenerationRequest request, std::int64_t seed, int index,
                                                    const Cancellation& cancellation);

}  // namespace fude::apps
