#pragma once

#include <cstddef>
#include <vector>

#include "io/images/image.h"

namespace fude::io {

/// A picture as WebP, lossy, for screens. `quality`: 0..100. Transparency stays. Throws Error(kInvalidArgument) when
/// a side exceeds 16383 pixels or the image's sizes do not fit its pixels.
std::vector<std::byte> encode_webp(const Image& image, float quality = 82);

}  // namespace fude::io
