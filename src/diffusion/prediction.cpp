#include "diffusion/prediction.h"

#include <cmath>

namespace fude::diffusion {

Preconditioning preconditioning(PredictionType type, double sigma) {
  const double variance = sigma * sigma + 1.0;  // of x, when the clean latent has unit variance
  const double deviation = std::sqrt(variance);
  if (type == PredictionType::kEpsilon) return {.skip = 1.0, .out = -sigma, .in = 1.0 / deviation};
  return {.skip = 1.0 / variance, .out = -sigma / deviation, .in = 1.0 / deviation};
}

}  // namespace fude::diffusion
