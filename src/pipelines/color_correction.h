#pragma once

#include "io/images/image.h"

namespace fude::pipelines {

/// `image` with the colours of `target` (both RGB): each channel of its CIE L*a*b* values takes the target's
/// distribution, then hue and saturation are those that came out and the lightness is the image's own, as the web UI's
/// color correction has it.
io::Image color_corrected(const io::Image& image, const io::Image& target);

}  // namespace fude::pipelines
