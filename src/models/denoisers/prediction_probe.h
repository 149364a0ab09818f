#pragma once

#include "models/denoisers/unet.h"

namespace fude::models {

/// Whether a U-Net behaves like one that predicts velocities, for families that were published in both forms and whose
/// files do not tell. It is shown pure noise at the last timestep: one that predicts the noise gives it back, one that
/// predicts the velocity gives back the clean picture's negative, in which the noise hardly appears (arXiv:2202.00512,
/// sec. 4). Costs one call at 8x8 cells.
bool answers_with_velocity(const UNet& unet);

}  // namespace fude::models
