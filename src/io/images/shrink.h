#pragma once

#include "io/images/image.h"

namespace fude::io {

/// The picture at a smaller size, for thumbnails: each pixel is the average of the area that it covers, transparent
/// parts weighing less. `width` and `height`: 1 to the image's own. Throws Error(kInvalidArgument) otherwise.
Image shrink(const Image& image, int width, int height);

}  // namespace fude::io
