#pragma once

#include <string_view>

#include "io/images/image.h"
#include "pipelines/generation_request.h"

namespace fude::pipelines {

/// How a picture is fed back.
struct Loopback {
  int loops = 4;                      // 1..32
  double final_strength = 0.5;        // the last loop's, 0..1
  std::string_view curve = "Linear";  // Aggressive (early), Linear, Lazy (late): the strength's way there
};

/// The strength of loop 0 .. loops - 1. Throws Error(kInvalidArgument) for an unknown curve.
double loop_strength(double first, const Loopback& options, int loop);

/// Throws Error(kInvalidArgument) for options out of range and for a request without a picture.
void check_loopback(const GenerationRequest& request, const Loopback& options);

/// The request of loop 0 of a chain: a request of several pictures makes as many chains. Seeds must be resolved.
GenerationRequest first_loop(const GenerationRequest& request, const Loopback& options, int chain);

/// The request of `loop` >= 1, out of that of the loop before and the picture that it made: the seed counts up, and
/// what lies below a mask is the picture. `first`: the strength that the chain began with.
GenerationRequest next_loop(GenerationRequest before, const io::Image& made, double first, const Loopback& options,
                            int loop);

}  // namespace fude::pipelines
