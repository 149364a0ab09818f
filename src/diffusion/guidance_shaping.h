#pragma once

#include <ATen/ATen.h>

#include <string_view>

namespace fude::diffusion {

// What keeps the picture in bounds when the guidance scale is high. All tensors are predictions of x0 [B,C,h,w]; every
// picture of a batch is treated by itself.

/// Guidance rescale, Lin et al. 2023 (arXiv:2305.08891, section 3.4): `guided` brought to the standard deviation of
/// `positive`, the prediction for the prompt, and mixed back in by `share` (0: as it was, 1: rescaled).
at::Tensor rescale_guidance(const at::Tensor& guided, const at::Tensor& positive, double share);

/// What self-attention guidance (Hong et al. 2022, arXiv:2210.00939, section 4) makes worse: `denoised` blurred by a
/// Gaussian of `deviation` latent pixels where `attention` [B,1,h',w'], how much each place is attended to, is above
/// `threshold`; 1 is what it is on average.
at::Tensor blur_attended(const at::Tensor& denoised, const at::Tensor& attention, double threshold, double deviation);

/// How a scale moves over the steps of a run, from its minimum to itself or back.
enum class ScaleMode { kConstant, kLinearDown, kHalfCosineDown, kCosineDown, kLinearUp, kHalfCosineUp, kCosineUp };

/// Where values are shrunk to.
enum class ThresholdStart { kMean, kZero };

/// What the spread of values is measured by: the largest distance from the mean, or the standard deviation.
enum class SpreadMeasure { kLargest, kDeviation };

/// Dynamic thresholding after Saharia et al. 2022 (arXiv:2205.11487, section 2.3), in the form of the web UI's
/// extension of that name: the values that a high guidance scale gives are shrunk to the spread that a lower one, the
/// mimic scale, would have.
struct ThresholdOptions {
  bool is_on = false;
  double mimic_scale = 7;
  double percentile = 1;  // 0..1: the share of values that must fit, for SpreadMeasure::kLargest
  ScaleMode mimic_mode = ScaleMode::kConstant;
  double mimic_minimum = 0;
  ScaleMode guidance_mode = ScaleMode::kConstant;
  double guidance_minimum = 0;
  bool separates_channels = true;  // each channel by itself, else all together
  ThresholdStart start = ThresholdStart::kMean;
  SpreadMeasure measure = SpreadMeasure::kLargest;
  double share = 1;  // of the thresholded result, the rest as it was
};

/// A scale at `progress` of a run, 0 (its start) .. 1.
double scale_at(ScaleMode mode, double scale, double minimum, double progress);

/// The guided prediction unguided + difference * scale, thresholded; `difference` is the weighed sum of the
/// predictions for the prompt's parts less the unguided one.
at::Tensor threshold_guidance(const at::Tensor& unguided, const at::Tensor& difference, double scale, double progress,
                              const ThresholdOptions& options);

}  // namespace fude::diffusion
