#pragma once

#include "pipelines/generation_request.h"

namespace fude::pipelines {

/// How a picture is to grow.
struct Outpainting {
  bool left = true, right = true, up = true, down = true;
  int pixels = 128;               // 8..1024, on each of these sides; rounded up to whole cells of 8
  int mask_blur = 8;              // 0..256 pixels: how softly new and old meet
  double fall_off = 1;            // 0..4: how fast the mirrored edge gives way to blurred colours; 0: it stays
  double color_variation = 0.05;  // 0..1: noise on what is there at the start
};

/// The request for inpainting that makes a picture larger: its first init image lies on a larger ground, prepared with
/// its mirrored edges, and the mask is what is new. One strength for all that are absent: 0.8. The same request and
/// options give the same bytes; the seed must be resolved. Throws Error(kInvalidArgument) without a picture, with a
/// mask, without a side, and for values out of range.
GenerationRequest outpainting_request(GenerationRequest request, const Outpainting& options);

}  // namespace fude::pipelines
