#pragma once

#include "io/images/image.h"
#include "pipelines/generation_request.h"
#include "pipelines/loopback_options.h"

namespace fude::pipelines {

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
