#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <vector>

#include "diffusion/denoiser.h"
#include "diffusion/guidance_shaping.h"
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
  bool quantizes_timesteps = false;   // the nearest whole timestep instead of the fractional one
  bool batches_contexts = true;       // one network call for all contexts of equal length
  bool separates_pictures = false;    // network calls of their own for each picture, whose bits then do not depend on
                                      // the batch it is in: sums over a batch are rounded in another order
  bool is_consistency_model = false;  // predictions blend into the input towards sigma 0, see consistency_blend
  bool keeps_unguided = false;        // for samplers that ask for the unguided half; it is then never spared

  double rescale = 0;               // 0..1, see rescale_guidance
  ThresholdOptions threshold = {};  // see threshold_guidance

  // Perturbed-attention guidance (Ahn et al. 2024, arXiv:2403.17377): away from what the prompt gives when the
  // network's own attention is spoiled.
  double perturbed_scale = 0;  // 0: off
  Network perturbed = {};
  // Self-attention guidance (Hong et al. 2022, arXiv:2210.00939): away from what the negative prompt gives when the
  // places that the network attends to are blurred.
  double self_attention_scale = 0;                 // 0: off
  double self_attention_threshold = 1;             // of attention; 1 is the average
  double self_attention_blur = 2;                  // standard deviation, latent pixels
  std::function<at::Tensor()> attention_map = {};  // of the latest call of the network, see blur_attended: [N,1,h',w']

  // Guidance towards a picture that the network is shown (Brooks et al. 2022, arXiv:2211.09800, eq. 3): away from what
  // the negative prompt gives without it.
  double picture_scale = 1;  // 1: off
  Network blind = {};        // the network without the picture

  // When the unguided half is left out, as the web UI does to save time.
  double min_uncond_sigma = 0;        // on odd calls, below this sigma (NGMS)
  bool is_min_uncond_on_all = false;  // .. on even calls too
  double skip_early_fraction = 0;     // and while call / total_calls is at most this; 0: never
  int first_call = 0;                 // calls made before, by another denoiser of the same pass
  int total_calls = 0;                // of the pass, for skip_early_fraction and thresholds that move
};

/// The shares of a prediction and of the noisy latent in the output of a latent consistency model (Luo et al. 2023,
/// arXiv:2310.04378, eq. 9), which is the identity at timestep 0.
struct ConsistencyBlend {
  double denoised;
  double x;
};
ConsistencyBlend consistency_blend(double timestep);

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

  /// The latest call's prediction for the negative prompt, or for the prompt where that was left out. Only with
  /// keeps_unguided.
  const at::Tensor& unguided() const { return unguided_; }

 private:
  bool leaves_out_negative(const Contexts& contexts, double sigma) const;
  /// What a call gives and what of it is unguided, each [B,C,h,w]; the latter undefined without keeps_unguided.
  struct Prediction {
    at::Tensor guided, unguided;
  };
  Prediction predict(const at::Tensor& x, double sigma, const Contexts& contexts, bool is_guided) const;
  double timestep_of(double sigma) const;
  /// The predictions for every part, then for the negative prompt if it is guided by, brought together.
  at::Tensor combined(const Contexts& contexts, const std::vector<at::Tensor>& denoised, bool is_guided) const;
  double progress() const;
  at::Tensor away_from_perturbed(const at::Tensor& x, double sigma, const Contexts& contexts,
                                 const at::Tensor& positive) const;
  at::Tensor away_from_blurred(const at::Tensor& x, double sigma, const Contexts& contexts,
                               const at::Tensor& unguided) const;
  /// Predictions of x0 for every conditioning, each [B,C,h,w].
  std::vector<at::Tensor> denoise(const at::Tensor& x, double sigma, const std::vector<Conditioning>& all) const;
  at::Tensor denoise_batch(const Network& network, const at::Tensor& x, double sigma,
                           const Conditioning& conditioning) const;

  Network network_;
  const ModelSchedule* schedule_;
  ContextsAt contexts_at_;
  GuidanceOptions options_;
  int call_;
  at::Tensor unguided_;
};

}  // namespace fude::diffusion
