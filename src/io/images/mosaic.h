#pragma once

#include "io/images/image.h"

namespace fude::io {

/// The side of a mosaic's squares that publishers ask for: a hundredth of the picture's longer side, at least 4 pixels.
int mosaic_block(const Image& image);

/// The picture with every square of `block` x `block` pixels, counted from the upper left corner, replaced by its mean
/// where the mask touches it: so the whole of the masked area is covered. The mask has the picture's size; what is
/// brighter than half (transparent parts count as black) is masked. Transparent pixels weigh less in a mean. Throws
/// Error(kInvalidArgument) for another size, an empty mask, and a block that is not 2..1024.
Image mosaic(const Image& image, const Image& mask, int block);

}  // namespace fude::io
