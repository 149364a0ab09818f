#pragma once

#include <ATen/ATen.h>

#include <string>
#include <string_view>
#include <vector>

#include "models/text_encoders/clip_text_encoder.h"
#include "weights/tensor_index.h"

namespace fude::models {

/// When an encoder follows the user's clip skip.
enum class ClipSkipRule {
  kFollowed,   // Stable Diffusion 1.x
  kOnRequest,  // first encoder of SDXL: only where the user asks for it twice
  kIgnored,
};

/// One text encoder of a checkpoint, and what of it the denoiser is given.
struct TextEncoderConfig {
  ClipTextConfig network;
  std::string place;    // the prefix of its weights' names
  ClipReading reading;  // without clip skip
  ClipSkipRule clip_skip = ClipSkipRule::kIgnored;
  bool pads_with_zero = false;  // token 0 after the end token, where CLIP repeats the end token

  /// What is read when the user skips layers: 1 skips none.
  ClipReading reading_at(int clip_skip_layers, bool is_requested_for_sdxl) const;

  bool operator==(const TextEncoderConfig&) const = default;
};

struct TextEncoder {
  TextEncoderConfig config;
  ClipTextEncoder network;
};

/// The text encoders of a checkpoint, in the order their states lie side by side; none where the file has none. What
/// is read of them is a property of the place where the family keeps them. Throws Error(kUnsupportedModel) when one is
/// damaged.
std::vector<TextEncoderConfig> infer_text_encoders(const weights::TensorIndex& index);

}  // namespace fude::models
