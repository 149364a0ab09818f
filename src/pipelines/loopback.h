#pragma once

#include <string_view>

#include "pipelines/text_to_image.h"

namespace fude::pipelines {

/// How a picture is fed back.
struct Loopback {
  int loops = 4;                      // 1..32
  double final_strength = 0.5;        // the last loop's, 0..1
  std::string_view curve = "Linear";  // Aggressive (early), Linear, Lazy (late): the strength's way there
};

/// The strength of loop 0 .. loops - 1. Throws Error(kInvalidArgument) for an unknown curve.
double loop_strength(double first, const Loopback& options, int loop);

/// Makes pictures from a picture, and from each the next one, as the web UI's script of that name: seeds count up, and
/// what lies below a mask is the picture after the first loop. Every loop's picture is told of; steps are counted over
/// all, the total being a guess until the last loop. A request of several pictures makes as many chains. Throws Error
/// as text_to_image(), and kInvalidArgument for options out of range and for a request without a picture.
void run_loopback(PictureModel& model, const GenerationRequest& request, const Loopback& options,
                  const TextToImageEvents& events);

}  // namespace fude::pipelines
