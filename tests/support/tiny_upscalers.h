#pragma once

#include "tests/support/upscaler_layers.h"

namespace fude::tests {

/// Compact network of 8 channels, which sees two pixels around each.
inline MadeUpFile tiny_compact(int64_t scale) {
  MadeUpFile file;
  return file.add_conv("body.0", 3, 8).add("body.1.weight", {8}, 0.5).add_conv("body.2", 8, 3 * scale * scale);
}

/// ESRGAN of one block, 4 channels and one doubling; what it sees 9 pixels away hardly counts.
inline MadeUpFile tiny_esrgan() {
  MadeUpFile file;
  file.add_conv("conv_first", 3, 4);
  for (int64_t dense = 1; dense <= 3; ++dense) {
    for (int64_t i = 0; i < 5; ++i) {
      file.add_conv("body.0.rdb" + std::to_string(dense) + ".conv" + std::to_string(i + 1), 4 + 2 * i, i == 4 ? 4 : 2);
    }
  }
  file.add_conv("conv_body", 4, 4).add_conv("conv_up1", 4, 4);
  return file.add_conv("conv_hr", 4, 4).add_conv("conv_last", 4, 3);
}

}  // namespace fude::tests
