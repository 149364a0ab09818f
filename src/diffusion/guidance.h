#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <vector>

#include "diffusion/denoiser.h"
#include "diffusion/model_schedule.h"
#include "diffusion/prediction.h"

namespace fude::diffusion {

/// What the words say at one moment: the parts joined by AND with their weights, and the negative prompt.
struct Contexts {
  struct Part {
    double weight = 1;
    Conditioning conditioning;  // of one picture: N = 1
  };
  std::vector<Part> positive;  // at least one
  Conditioning negative;
};

/// The contexts of a denoiser call, counted from 0 over the whole pass.
using ContextsAt = std::function<Contexts(int call)>;

struct GuidanceOptions {
  double scale = 7;
  PredictionType prediction = PredictionType::kEpsilon;
  bool quantizes_timesteps = false;  // the nearest whole timestep instead of the fractional one
  bool batches_contexts = true;      // one network call for all contexts of equal length

  // When the unguided half is left out, as the web UI does to save time.
  double min_uncond_sigma = 0;        // on odd calls, below this sigma (NGMS)
  bool is_min_uncond_on_all = false;  // .. on even calls too
  double skip_early_fraction = 0;     // and while call / total_calls is at most this; 0: never
  int first_call = 0;                 // calls made before, by another denoiser of the same pass
  int total_calls = 0;                // of the pass, for skip_early_fraction
};

/// Classifier-free guidance (Ho and Salimans 2022, arXiv:2207.12598) over a network:
/// denoised = u + sum_i (c_i - u) * weight_i * scale, with u and c_i the predictions for the negative prompt and for
/// each part. Counts its calls, because prompts change with them. Used from one thread.
class GuidedDenoiser {
 public:
  /// `schedule` must outlive the denoiser.
  GuidedDenoiser(Network network, const ModelSchedule& schedule, ContextsAt contexts_at, GuidanceOptions options);

  /// x [B,C,h,w], sigma > 0 -> the guided prediction of x0 [B,C,h,w].
  at::Tensor operator()(const at::Tensor& x, double sigma);

  /// Calls made so far, those before it included.
  int calls() const { return call_; }

 private:
  bool leaves_out_negative(const Contexts& contexts, double sigma) const;
  /// Predictions of x0 for every conditioning, each [B,C,h,w].
  std::vector<at::Tensor> denoise(const at::Tensor& x, double sigma, const std::vector<Conditioning>& all) const;
  at::Tensor denoise_batch(const at::Tensor& x, double sigma, const Conditioning& conditioning) const;

  Network network_;
  const ModelSchedule* schedule_;
  ContextsAt contexts_at_;
  GuidanceOptions options_;
  int call_;
};

}  // namespace fude::diffusion
