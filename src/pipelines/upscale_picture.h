#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "io/images/image.h"
#include "pipelines/upscale_request.h"
#include "pipelines/upscaler_library.h"

namespace fude::pipelines {

/// What someone may want to hear while a picture is enlarged; all may be empty.
struct UpscaleEvents {
  /// Before a network runs: how it goes about it, and about how much memory that takes.
  std::function<void(const std::string& plan)> on_plan = {};
  /// Pieces done of those of this run of a network, first 0; may throw Error(kCancelled).
  std::function<void(std::int64_t done, std::int64_t total)> on_tile = {};
};

struct TileWish {
  int side = 192;    // pixels; 0: the whole picture at once where memory allows
  int overlap = 32;  // pixels
};

/// A picture `factor` >= 1 times as large, as the web UI's upscalers make it: sides are floored to multiples of 8
/// (where that leaves something), networks run up to three times until both sides are reached, Lanczos' filter brings
/// the result to the exact size. Transparency is enlarged by Lanczos' filter. "None" gives Lanczos' picture. Throws
/// Error(kInvalidArgument) where the result would have more than io::kMostPixels, and kCancelled.
io::Image enlarge(const LoadedUpscaler& upscaler, const io::Image& picture, double factor, const TileWish& tiles = {},
                  const UpscaleEvents& events = {});

/// The same to an exact size, which may be smaller.
io::Image enlarge_to(const LoadedUpscaler& upscaler, const io::Image& picture, int width, int height,
                     const TileWish& tiles = {}, const UpscaleEvents& events = {});

struct UpscaledPicture {
  io::Image image;
  std::string text;  // what was done, for the picture's texts under "postprocessing"; empty: nothing
};

/// A picture enlarged as the request says. `second` is used where request.second_share > 0 and it is not "None". Throws
/// as check(UpscaleRequest) and enlarge().
UpscaledPicture upscale_picture(const io::Image& picture, const UpscaleRequest& request, const LoadedUpscaler& first,
                                const LoadedUpscaler& second, const UpscaleEvents& events = {});

}  // namespace fude::pipelines
