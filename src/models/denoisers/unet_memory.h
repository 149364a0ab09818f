#pragma once

#include <cstdint>

#include "models/denoisers/unet_config.h"

namespace fude::models {

/// What a U-Net is given at once.
struct UNetInput {
  std::int64_t pictures = 1;
  std::int64_t height = 0, width = 0;  // latent cells
};

/// About how many bytes UNet::forward needs beyond the weights on a GPU, rather too many than too few, when a number
/// takes `number_bytes`.
std::int64_t unet_work_bytes(const UNetConfig& config, const UNetInput& input, std::int64_t number_bytes);

}  // namespace fude::models
