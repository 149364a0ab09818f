#include "pipelines/infotext_request.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "diffusion/sampler_names.h"
#include "pipelines/making_notes.h"
#include "pipelines/request_fields.h"

namespace fude::pipelines {
namespace {

// Keys that describe what was used; they need no action and are written anew.
constexpr std::array<std::string_view, 13> kDescriptions{"Model hash",
                                                         "VAE hash",
                                                         "Version",
                                                         "User",
                                                         "Batch size",
                                                         "Batch pos",
                                                         "Face restoration model",
                                                         "Hypernet hashes",
                                                         "TI hashes",
                                                         "Unfinished",
                                                         "Init image hash",
                                                         kEngineKey,
                                                         kHashesKey};

// Beginnings of keys that tell of work done to the picture which is not repeated here.
constexpr std::array<std::string_view, 24> kOtherWork{"ADetailer",
                                                      "Cache FP16",
                                                      "ControlNet",
                                                      "Diffusion in Low Bits",
                                                      "Distilled CFG",
                                                      "Downcast alphas_cumprod",
                                                      "FP8 weight",
                                                      "Face restoration",
                                                      "First pass size",
                                                      "Fixed ",
                                                      "Hypernet",
                                                      "Latent Couple",
                                                      "Module ",
                                                      "Pad conds v0",
                                                      "Postprocess",
                                                      "RP ",
                                                      "Script",
                                                      "Tiled ",
                                                      "Token merging",
                                                      "VAE Decoder",
                                                      "VAE Encoder",
                                                      "Wildcard",
                                                      "X ",
                                                      "Y "};

bool is_description(std::string_view key) { return std::ranges::find(kDescriptions, key) != kDescriptions.end(); }

bool is_other_work(std::string_view key) {
  return std::ranges::any_of(kOtherWork, [&](std::string_view start) { return key.starts_with(start); });
}

bool is_yes(const InfotextValue& value) {
  const auto* flag = std::get_if<bool>(&value);
  return flag != nullptr && *flag;
}

void keep_or_warn(LikeRequest& like, const Infotext::Pair& pair) {
  if (is_description(pair.key)) return;
  // A pair that was filled in says what its absence means, which is what happens anyway, unless it is a "True".
  if (!pair.is_stored && !is_yes(pair.value)) return;
  const std::string value = to_text(pair.value);
  if (is_other_work(pair.key)) {
    like.warnings.push_back(
        fmt::format("'{}: {}' is left out: it is not made again here", printable(pair.key, 60), printable(value, 60)));
  } else {
    like.request.extra.emplace_back(pair.key, value);
  }
}

// Other programs have restorers of other names, which are not here.
void read_face_restorer(LikeRequest& like, const Infotext::Pair& pair) {
  const RequestField& field = *find_infotext_key("Face restoration");
  const std::string name = to_text(pair.value);
  if (std::ranges::find(field.choices, name) == field.choices.end()) return keep_or_warn(like, pair);
  set_field_text(like.request, field, name);
  like.request.restore_faces = true;
}

bool is_stored(const Infotext& infotext, std::string_view key) {
  return std::ranges::any_of(infotext.pairs(),
                             [&](const Infotext::Pair& pair) { return pair.key == key && pair.is_stored; });
}

// The web UI's rule: a strength, and by how much.
bool tells_of_hires(const Infotext& infotext) {
  return is_stored(infotext, "Denoising strength") &&
         (is_stored(infotext, "Hires upscale") || is_stored(infotext, "Hires upscaler") ||
          is_stored(infotext, "Hires resize-1") || is_stored(infotext, "First pass size-1"));
}

// "DPM++ 2M Karras" of older texts is split, so that a flag may change one of the two. Unknown names stay: a flag may
// replace them.
void split_sampler(GenerationRequest& request) {
  const auto names = diffusion::find_sampler_names(request.sampler, request.scheduler);
  if (!names) return;
  request.sampler = names->sampler.label;
  request.scheduler = names->schedule.label;
}

}  // namespace

LikeRequest request_from_infotext(const Infotext& infotext) {
  LikeRequest like;
  for (const Infotext::Pair& pair : infotext.pairs()) {
    const RequestField* field = find_infotext_key(pair.key);
    if (pair.key == "Template") {
      like.request.prompt_template = to_text(pair.value);
    } else if (pair.key == "Negative Template") {
      like.request.negative_template = to_text(pair.value);
    } else if (pair.key == "Lora hashes") {
      like.request.lora_hashes = to_text(pair.value);
    } else if (pair.key == kSettingsKey) {
      continue;  // after all others
    } else if (pair.key == "Face restoration") {
      read_face_restorer(like, pair);
    } else if (!pair.is_stored && to_text(pair.value).starts_with("Use same ")) {
      continue;
    } else if (field == nullptr) {
      keep_or_warn(like, pair);
    } else if (const std::string text = to_text(pair.value); field->key == "Prompt" || !text.empty()) {
      set_field_text(like.request, *field, text);
    }
  }
  for (std::string& warning : apply_unwritten_settings(like.request, infotext.text(kSettingsKey))) {
    like.warnings.push_back(std::move(warning));
  }
  like.request.enable_hr = tells_of_hires(infotext);
  like.request.sd_upscale = is_stored(infotext, "SD upscale overlap");
  like.is_from_picture = is_stored(infotext, "Denoising strength") && !like.request.enable_hr;
  // The words are what was drawn, braces and all.
  like.request.dynamic_prompts = false;
  split_sampler(like.request);
  return like;
}

}  // namespace fude::pipelines
