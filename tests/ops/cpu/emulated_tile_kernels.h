#pragma once

#include "ops/cpu/product_kernels.h"

namespace fude::ops::cpu {

/// The kernels of tiles for bfloat16, on emulated ones: they run on every processor.
const ProductKernels& emulated_tile_kernels();

}  // namespace fude::ops::cpu
