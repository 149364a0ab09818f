#pragma once

namespace fude::diffusion {

/// What a network was trained to output for a noisy latent.
enum class PredictionType {
  kEpsilon,  // the noise (Ho et al. 2020, arXiv:2006.11239)
  kV,        // the velocity sqrt(a) noise - sqrt(1-a) x0 (Salimans and Ho 2022, arXiv:2202.00512)
};

/// How a network's input and output relate to latents at one sigma: x0 = skip * x + out * network(in * x).
struct Preconditioning {
  double skip;
  double out;
  double in;
};

/// The preconditioning of a variance-preserving model in terms of sigma > 0 (Karras et al. 2022, arXiv:2206.00364,
/// table 1).
Preconditioning preconditioning(PredictionType type, double sigma);

}  // namespace fude::diffusion
