#pragma once

#include <optional>

#include "io/images/image.h"
#include "pipelines/generation_request.h"

namespace fude::pipelines {

/// What inpainting does with pixels, as the web UI (1.10) does it. Masks are grey pictures: white is made anew.

/// A rectangle of a picture in pixels, `right` and `bottom` not included.
struct Region {
  int left = 0, top = 0, right = 0, bottom = 0;

  int width() const { return right - left; }
  int height() const { return bottom - top; }
  bool operator==(const Region&) const = default;
};

/// The mask that a picture stands for: its alpha where that is not opaque all over (with `rounds` 0 or 255, cut at
/// 128), else its luminance.
io::Image mask_of(const io::Image& image, bool rounds);

/// What is not black in a mask and `padding` pixels around it; absent when all is black.
std::optional<Region> masked_region(const io::Image& mask, int padding);

/// The region made wider or higher until it has the shape of width x height, moved where it would leave the picture; no
/// larger than that picture, so in the end the shape may differ.
Region widened(Region region, int width, int height, int picture_width, int picture_height);

/// An RGB picture whose masked part is filled with its surroundings, blurred ever more widely.
io::Image filled(const io::Image& rgb, const io::Image& mask);

/// RGBA: what of an RGB picture is not masked, to be laid over the result.
io::Image overlay_of(const io::Image& rgb, const io::Image& mask);

/// `result` (RGB) with the overlay over it. With `place` the result belongs there, cropped to its shape.
io::Image overlaid(const io::Image& result, const io::Image& overlay, const std::optional<Region>& place);

}  // namespace fude::pipelines
