#pragma once

#include "pipelines/loopback_request.h"
#include "pipelines/text_to_image.h"

namespace fude::pipelines {

/// Makes pictures from a picture, and from each the next one, as the web UI's script of that name: seeds count up, and
/// what lies below a mask is the picture after the first loop. Every loop's picture is told of; steps are counted over
/// all, the total being a guess until the last loop. A request of several pictures makes as many chains. Throws Error
/// as text_to_image(), and kInvalidArgument for options out of range and for a request without a picture.
void run_loopback(PictureModel& model, const GenerationRequest& request, const Loopback& options,
                  const TextToImageEvents& events);

}  // namespace fude::pipelines
