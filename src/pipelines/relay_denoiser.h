#pragma once

#include <ATen/ATen.h>

#include <optional>

#include "diffusion/guidance.h"
#include "pipelines/generation_job.h"

namespace fude::pipelines {

/// Predicts with the first model until the refiner is due, and with the refiner from then on, guided by the words.
class RelayDenoiser {
 public:
  /// `workers` must outlive it.
  explicit RelayDenoiser(const Workers& workers);

  /// x [B,C,h,w], sigma > 0 -> the guided prediction of x0 [B,C,h,w].
  at::Tensor operator()(const at::Tensor& x, double sigma);

  /// The unguided half of the latest call, for samplers that ask for it.
  const at::Tensor& unguided() const { return second_ ? second_->unguided() : first_.unguided(); }

  /// The model that made the latest call.
  const PictureModel& latest() const { return second_ ? workers_->refiner->job.model : workers_->first.job.model; }

 private:
  bool is_due(double sigma) const;

  const Workers* workers_;
  diffusion::GuidedDenoiser first_;
  std::optional<diffusion::GuidedDenoiser> second_;
};

}  // namespace fude::pipelines
