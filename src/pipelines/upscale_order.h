#pragma once

#include <string>
#include <string_view>

#include "pipelines/source_pictures.h"
#include "pipelines/upscale_request.h"

namespace fude::pipelines {

/// A picture to enlarge, as the queue keeps it.
struct UpscaleOrder {
  UpscaleRequest request;
  std::string file;    // below the outputs folder; empty: `image`
  PictureBytes image;  // null: `file`
};

/// Reads a JSON object with `file` or `image` (base64, with or without a "data:" prefix), `upscaler`, `factor` with
/// `longest_side` or `width` and `height`, `crops`, `second_upscaler`, `second_share`, `gfpgan_visibility`,
/// `codeformer_visibility`, `codeformer_weight`, `tile`, `tile_overlap`. Throws Error: kCorruptFile (no JSON object),
/// kInvalidArgument (unknown members, values of another kind, no picture or two, and as check()). `stored`: the picture
/// of an order that was kept apart from it.
UpscaleOrder parse_upscale_order(std::string_view text, PictureBytes stored = {});

/// The order without `image`. Throws Error as parse_upscale_order() for what is no order.
std::string without_picture(std::string_view text);

}  // namespace fude::pipelines
