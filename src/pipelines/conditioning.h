#pragma once

#include <ATen/ATen.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diffusion/denoiser.h"
#include "models/adapters/textual_inversion.h"
#include "models/stable_diffusion.h"
#include "prompt/chunks.h"
#include "prompt/plan.h"

namespace fude::pipelines {

/// What a model that reads numbers of the picture (SDXL) is told, in pixels.
struct PictureFrame {
  int width = 0;
  int height = 0;
  int crop_top = 0;
  int crop_left = 0;
  double aesthetic_score = 6;  // 0..10, its refiner only
};

struct ConditioningOptions {
  prompt::ChunkOptions chunks;
  int clip_skip = 1;                // 1: the last layer; k: the layer k - 1 before it
  bool clip_skip_for_sdxl = false;  // SDXL's first encoder follows clip_skip, too
  bool zeroes_empty_texts = false;  // texts that are all empty are zeros to a model that reads numbers, as negative
                                    // prompts of SDXL were in training
  PictureFrame frame = {};
  /// Words with vectors of their own, each for all of the model's text encoders.
  std::span<const models::TextualInversion> words = {};
};

/// Which of options.words the text says, by index, rising. `text` is one entry of a schedule.
std::vector<std::size_t> words_in(const models::StableDiffusion& model, std::string_view text,
                                  const ConditioningOptions& options);

/// Texts as the denoiser takes them, one conditioning of one picture a text: contexts [1, 77 k, D], k the chunks of the
/// longest of them, shorter ones filled with empty chunks; vectors of the text's first chunk. They are encoded
/// together, because the "original" emphasis keeps the mean of all of them.
std::vector<diffusion::Conditioning> encode_texts(const models::StableDiffusion& model,
                                                  std::span<const std::string> texts,
                                                  const ConditioningOptions& options);

/// One text from a step on.
struct ScheduledConditioning {
  int last_call = 0;  // holds for denoiser calls up to and including this one
  diffusion::Conditioning conditioning;
};

/// One part of a prompt (they are joined by AND), and what it says over time.
struct PartConditioning {
  double weight = 1;
  std::vector<ScheduledConditioning> schedule;  // last_call rises; the last entry holds to the end

  const diffusion::Conditioning& at_call(int call) const;
};

/// Every part of a prompt. The texts of one part's schedule are encoded together. Throws Error(kInvalidArgument) when
/// that would take long or much memory: more than 256 chunks, 64 parts, or 2048 chunks in the texts of one schedule.
std::vector<PartConditioning> encode_plan(const models::StableDiffusion& model, const prompt::PromptPlan& plan,
                                          const ConditioningOptions& options);

/// Fills the shorter of two contexts [1,M,D] with copies of `empty` [1,77,D], the context of an empty text, until both
/// are equally long. What both exceed by a part of a chunk stays as it is.
void pad_to_equal_length(at::Tensor& a, at::Tensor& b, const at::Tensor& empty);

}  // namespace fude::pipelines
