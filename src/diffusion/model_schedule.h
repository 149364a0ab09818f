#pragma once

#include <span>
#include <vector>

namespace fude::diffusion {

/// The noise levels a model was trained with: level t = 0 .. size-1 has the share alphas_cumprod[t] of signal power
/// (variance preserving, Ho et al. 2020, arXiv:2006.11239) and sigma = sqrt((1 - a) / a), the standard deviation of the
/// noise added to unscaled data (Karras et al. 2022, arXiv:2206.00364).
/// Everything is computed in float32, operation by operation like the published programs: the noise of SDE samplers
/// depends on the last bit of a sigma (see float32.h). Sigmas travel as doubles that hold float values.
class ModelSchedule {
 public:
  /// `alphas_cumprod` falls strictly within (0, 1) and has at least 2 entries; else Error(kInvalidArgument).
  explicit ModelSchedule(std::vector<float> alphas_cumprod);

  /// Stable Diffusion 1, 2 and XL: 1000 levels, sqrt(beta) linear from sqrt(0.00085) to sqrt(0.012).
  static ModelSchedule stable_diffusion();

  /// The same levels with the signal's share stretched so that the last one is noise and nothing else (Lin et al. 2023,
  /// arXiv:2305.08891, algorithm 1). Its share is 4.8973451890853435e-08 instead of 0, as published programs have it,
  /// so that sigma stays finite (about 4519).
  ModelSchedule with_zero_terminal_snr() const;

  /// The levels a network is distilled to: every `stride`-th, counted down from the noisiest (Luo et al. 2023,
  /// arXiv:2310.04378). Timesteps stay those of this schedule. Throws Error(kInvalidArgument) unless
  /// `stride` divides size() and leaves 2.
  ModelSchedule thinned(int stride) const;

  int size() const { return static_cast<int>(sigmas_.size()); }
  std::span<const float> alphas_cumprod() const { return alphas_cumprod_; }
  std::span<const float> sigmas() const { return sigmas_; }  // rising
  double sigma_min() const { return sigmas_.front(); }
  double sigma_max() const { return sigmas_.back(); }

  double first_timestep() const { return stride_ - 1; }  // of the cleanest level
  double last_timestep() const { return stride_ * size() - 1; }

  /// The fractional timestep of a sigma > 0, linear in log sigma between levels; clamped to first_timestep() ..
  /// last_timestep().
  double timestep_from_sigma(double sigma) const;
  /// The timestep of the level whose log sigma is nearest.
  int nearest_timestep(double sigma) const;
  /// The inverse of timestep_from_sigma, clamped to the same range.
  double sigma_from_timestep(double timestep) const;

 private:
  std::vector<float> alphas_cumprod_;
  std::vector<float> sigmas_;
  std::vector<float> log_sigmas_;
  int stride_ = 1;  // timesteps from level to level; the noisiest has the same whatever the stride
};

}  // namespace fude::diffusion
