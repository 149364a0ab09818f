#pragma once

#include "ops/cpu/product_kernels.h"

namespace fude::ops::cpu {

/// The kernels of tiles for bfloat16, on emulated ones: they run on every processor.
const ProductKernels& emulated_tile_kernels();

/// The same in 8 bits. Precondition: detected_instruction_set() >= kAvx512, whose code finishes the sums.
const ProductKernels& emulated_int8_tile_kernels();

}  // namespace fude::ops::cpu
