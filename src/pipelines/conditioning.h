#pragma once

#include <ATen/ATen.h>

#include <span>
#include <string>
#include <vector>

#include "models/text_encoders/clip_text_encoder.h"
#include "prompt/chunks.h"
#include "prompt/plan.h"

namespace fude::pipelines {

struct ConditioningOptions {
  prompt::ChunkOptions chunks;
  int clip_skip = 1;  // 1: the last layer; k: the layer k - 1 before it
};

/// Texts as the denoiser takes them: one tensor [1, 77 k, D] a text, k the chunks of the longest of them, shorter ones
/// filled with empty chunks. They are encoded together, because the "original" emphasis keeps the mean of all of them.
std::vector<at::Tensor> encode_texts(const models::ClipTextEncoder& encoder, std::span<const std::string> texts,
                                     const ConditioningOptions& options);

/// One text from a step on.
struct ScheduledContext {
  int last_call = 0;   // holds for denoiser calls up to and including this one
  at::Tensor context;  // [1, 77 k, D]
};

/// One part of a prompt (they are joined by AND), and what it says over time.
struct PartContext {
  double weight = 1;
  std::vector<ScheduledContext> schedule;  // last_call rises; the last entry holds to the end

  const at::Tensor& at_call(int call) const;
};

/// Every part of a prompt. The texts of one part's schedule are encoded together.
std::vector<PartContext> encode_plan(const models::ClipTextEncoder& encoder, const prompt::PromptPlan& plan,
                                     const ConditioningOptions& options);

/// Fills the shorter of two contexts [1,M,D] with copies of `empty` [1,77,D], the context of an empty text, until both
/// are equally long. What both exceed by a part of a chunk stays as it is.
void pad_to_equal_length(at::Tensor& a, at::Tensor& b, const at::Tensor& empty);

}  // namespace fude::pipelines
