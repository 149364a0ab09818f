#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "diffusion/picture_start.h"
#include "diffusion/prediction.h"
#include "diffusion/sampler_table.h"
#include "pipelines/conditioning.h"
#include "pipelines/generation_request.h"
#include "pipelines/infotext_writer.h"
#include "pipelines/picture_model.h"

namespace fude::pipelines {

/// What one walk down the noise levels is to be.
enum class PassKind {
  kFromNoise,
  kFromPicture,  // img2img, inpainting
  kHires,        // hires fix's second pass, whose request hires_request() gave
};

/// What all pictures of one pass have in common.
struct Job {
  const PictureModel& model;
  GenerationRequest request;  // of the pass: its own words, size, sampler and steps
  PassKind kind = PassKind::kFromNoise;
  int calls_before = 0;  // denoiser calls of the pass before this one, by which prompts count
  diffusion::SamplerChoice choice;
  diffusion::ModelSchedule model_levels;
  diffusion::ModelSchedule schedule;  // those of them that the sampler lets the network see
  diffusion::PredictionType prediction;
  ActiveNetworks networks = {};
  std::span<const models::TextualInversion> words = {};  // while the words are encoded
  diffusion::TailLevels levels = {};                     // those walked down, of those of a whole run
  at::Tensor picture_channels = {};                      // [1,C,h,w] beside the latent; undefined for most models

  /// Denoiser calls by which prompts change: those of a whole run.
  int calls() const { return request.steps * choice.sampler.predictions; }
  /// Denoiser calls that are made.
  int calls_made() const { return levels.steps * choice.sampler.predictions; }
  /// Sampling steps that are told of.
  int step_count() const { return std::max(static_cast<int>(levels.sigmas.size()) - 1, 0); }
};

/// What the words say to the model, over time.
struct JobContexts {
  std::vector<PartConditioning> positive;
  PartConditioning negative;
  std::vector<std::size_t> words = {};  // of Job::words: those in use, in their order of first use
  bool was_padded = false;
};

/// A model at work, and what the words say to it.
struct Worker {
  Job job;
  JobContexts contexts;
  std::vector<UsedNetwork> words;     // textual inversions in use
  std::vector<std::string> warnings;  // about the networks that the prompt names
};

/// A pass's models: the one that begins, and the one that may take over.
struct Workers {
  Worker first;
  std::optional<Worker> refiner;
};

/// Makes a model ready for a pass: lays out its noise levels, patches its weights as the prompt's networks ask and
/// encodes the words. `request` has a size. `calls_before`: of the first pass, for PassKind::kHires.
/// Throws Error(kInvalidArgument): an unknown sampler or schedule.
Workers make_workers(PictureModel& model, const GenerationRequest& request, PassKind kind, int calls_before = 0);

/// Patches the model's weights as this pass's prompt asks, where another pass was last.
void patch_again(PictureModel& model, const Workers& workers);

}  // namespace fude::pipelines
