#pragma once

#include "io/images/image.h"

namespace fude::io {

/// A grey picture blurred with a Gaussian of `sigma` pixels, sideways, then up and down, 8 bits in between; 0: not in
/// that direction. Bit for bit as OpenCV computes GaussianBlur on bytes (kernels of 8 binary digits, edges mirrored),
/// with 2 * int(2.5 * sigma + 0.5) + 1 taps, as the web UI blurs masks.
Image gaussian_blur(const Image& grey, int sigma_x, int sigma_y);

/// A picture of any channels blurred by three box filters on end that come near a Gaussian of `radius` pixels, bit for
/// bit as Pillow's GaussianBlur (Gwosdek et al. 2011). 0 leaves it.
Image box_gaussian_blur(const Image& image, float radius);

}  // namespace fude::io
