#pragma once

#include "ops/cpu/convolution.h"
#include "ops/cpu/pixel_grid.h"

namespace fude::ops::cpu {

/// A convolution of stride 1 as a sum of products, one for each tap of its kernel. Pictures are copied with their
/// margins: there the pixels under a tap lie at the same distance from the output pixels in every row, so that the
/// products run over all pixels of a band at once and nothing is gathered nine times. What a row gives together with
/// the beginning of the next is computed as well and dropped. Needs kernels with `shifted_product`, and channels that
/// are a multiple of their group.
void convolve_shifted(const PixelGrid& grid, const ConvolutionShape& shape, const PackedMatrix& weight,
                      const ConvolutionFinish& finish, void* out);

}  // namespace fude::ops::cpu
