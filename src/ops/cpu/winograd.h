#pragma once

#include "ops/cpu/convolution.h"
#include "ops/cpu/pixel_grid.h"

namespace fude::ops::cpu {

/// Winograd's F(2x2, 3x3) for a 3x3 convolution of stride 1 and padding 1 (Lavin and Gray 2015, arXiv:1509.09308):
/// every 2x2 block of outputs comes from a 4x4 tile of inputs by 16 products a pair of channels instead of 36. The
/// transforms only add and subtract, so that little precision is lost.

/// G g G^T of every 3x3 kernel g, weight [out][in][3][3]: 16 matrices of [out] columns by [in].
PackedMatrix pack_winograd_weight(PackedFormat format, const StoredNumbers& weight, std::int64_t in, std::int64_t out);

/// out: [count, height, width, out channels], of the size of what goes in.
void convolve_winograd(const PixelGrid& grid, const PackedMatrix& weight, const ConvolutionFinish& finish, void* out);

}  // namespace fude::ops::cpu
