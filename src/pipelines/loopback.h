#pragma once

#include <functional>
#include <optional>

#include "pipelines/loopback_request.h"
#include "pipelines/text_to_image.h"

namespace fude::pipelines {

/// The picture of that index where an earlier run has made it; absent: it is to be made.
using MadeLoops = std::function<std::optional<io::Image>(int index)>;

/// Makes pictures from a picture, and from each the next one, as the web UI's script of that name: seeds count up, and
/// what lies below a mask is the picture after the first loop. Every loop's picture is told of, by its place among all
/// (those of the first chain, then those of the second); steps are counted over all, the total being a guess until the
/// last loop. A request of several pictures makes as many chains; a batch that ends early ends its chain. What `made`
/// has is gone on from and not told of. Throws Error as text_to_image(), and kInvalidArgument for options out of range
/// and for a request without a picture.
void run_loopback(PictureModel& model, const GenerationRequest& request, const Loopback& options,
                  const TextToImageEvents& events, const MadeLoops& made = {});

}  // namespace fude::pipelines
