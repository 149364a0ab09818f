#include "models/text_encoders/text_encoder.h"

#include <array>

#include "core/error.h"

namespace fude::models {
namespace {

/// A place where a family keeps a text encoder. Readings: Stable Diffusion 1 (Rombach et al. 2022) takes the last
/// state, Stable Diffusion 2 the last but one, both normalised; SDXL (Podell et al. 2023, arXiv:2307.01952, sec. 2.1)
/// takes both encoders' last but one as they are, and the second's pooled vector.
struct Place {
  std::string_view prefix;
  ClipReading reading;
  ClipSkipRule clip_skip;
  bool is_open_clip;  // trained by OpenCLIP: exact GELU, filled up with zeros
};

constexpr ClipReading kSdxlReading{.layer_from_end = 2, .is_normalised = false, .wants_pooled = false};
constexpr ClipReading kSdxlPooledReading{.layer_from_end = 2, .is_normalised = false, .wants_pooled = true};

constexpr std::array<Place, 6> kPlaces{{
    {"cond_stage_model.transformer.text_model.", {}, ClipSkipRule::kFollowed, false},
    {"cond_stage_model.model.", {.layer_from_end = 2}, ClipSkipRule::kIgnored, true},
    {"conditioner.embedders.0.transformer.text_model.", kSdxlReading, ClipSkipRule::kOnRequest, false},
    {"conditioner.embedders.0.model.", kSdxlPooledReading, ClipSkipRule::kIgnored, true},
    {"conditioner.embedders.1.model.", kSdxlPooledReading, ClipSkipRule::kIgnored, true},
    {"conditioner.embedders.1.transformer.text_model.", kSdxlPooledReading, ClipSkipRule::kIgnored, true},
}};

bool is_there(const weights::TensorIndex& index, std::string_view prefix) {
  const std::string begin(prefix);
  return index.contains(begin + "token_embedding.weight") ||
         index.contains(begin + "embeddings.token_embedding.weight");
}

}  // namespace

ClipReading TextEncoderConfig::reading_at(int clip_skip_layers, bool is_requested_for_sdxl) const {
  const bool is_followed =
      clip_skip == ClipSkipRule::kFollowed || (clip_skip == ClipSkipRule::kOnRequest && is_requested_for_sdxl);
  ClipReading skipped = reading;
  if (is_followed) skipped.layer_from_end = clip_skip_layers;
  return skipped;
}

std::vector<TextEncoderConfig> infer_text_encoders(const weights::TensorIndex& index) {
  std::vector<TextEncoderConfig> encoders;
  for (const Place& place : kPlaces) {
    if (!is_there(index, place.prefix)) continue;
    try {
      TextEncoderConfig& encoder = encoders.emplace_back();
      encoder.network = infer_clip_text_config(weights::sub_index(index, place.prefix));
      encoder.network.has_quick_gelu = !place.is_open_clip;
      encoder.place = place.prefix;
      encoder.reading = place.reading;
      encoder.clip_skip = place.clip_skip;
      encoder.pads_with_zero = place.is_open_clip;
    } catch (const Error& error) {
      fail(error.code(), "below '{}': {}", place.prefix, error.what());
    }
  }
  return encoders;
}

}  // namespace fude::models
