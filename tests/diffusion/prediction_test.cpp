#include "diffusion/prediction.h"

#include <gmock/gmock.h>

#include <cmath>

namespace fude::diffusion {
namespace {

constexpr double kClean = 0.7, kNoise = -1.3;

/// What a perfect network of the type outputs for this noise level.
double network_output(PredictionType type, double sigma) {
  const double signal = 1.0 / std::sqrt(1.0 + sigma * sigma);  // sqrt(a)
  return type == PredictionType::kEpsilon ? kNoise : kNoise * signal - kClean * sigma * signal;
}

TEST(Preconditioning, RecoversTheCleanLatent) {
  for (const PredictionType type : {PredictionType::kEpsilon, PredictionType::kV}) {
    for (const double sigma : {0.05, 1.0, 14.0}) {
      const Preconditioning scale = preconditioning(type, sigma);
      const double x = kClean + sigma * kNoise;
      EXPECT_NEAR(scale.skip * x + scale.out * network_output(type, sigma), kClean, 1e-12) << sigma;
    }
  }
}

TEST(Preconditioning, GivesTheNetworkUnitVariance) {
  for (const PredictionType type : {PredictionType::kEpsilon, PredictionType::kV}) {
    const double in = preconditioning(type, 3.0).in;
    EXPECT_NEAR(in * in * (1.0 + 3.0 * 3.0), 1.0, 1e-12);
  }
}

}  // namespace
}  // namespace fude::diffusion
