#pragma once

#include <cstddef>
#include <span>

#include "io/images/image.h"

namespace fude::io {

/// How a camera says that it was held (EXIF 2.3, tag 0x0112): 1 upright .. 8. `exif` is the block from its byte order
/// mark ("II*" or "MM*") on. 1 where it says nothing, or nothing that makes sense.
int exif_orientation(std::span<const std::byte> exif);

/// The picture as it is meant to be seen; sides change places for orientations 5 to 8. Others than 2..8 leave it.
Image upright(Image image, int orientation);

}  // namespace fude::io
