#include "pipelines/comparison/axes.h"

#include <algorithm>
#include <array>

#include "core/ascii.h"
#include "core/error.h"
#include "core/nearest_name.h"

namespace fude::pipelines::comparison {
namespace {

enum class Tabs { kBoth, kTextToImage, kImageToImage };

/// A row of the web UI's list.
struct Row {
  std::string_view label;
  std::string_view knob{};  // name or settings id of a request field; the axis is there as soon as the field is
  AxisEffect effect = AxisEffect::kField;
  Tabs tabs = Tabs::kBoth;
  double cost = 0;
  LegendStyle legend = LegendStyle::kLabelled;
};

constexpr std::array kRows{
    Row{.label = "Nothing", .effect = AxisEffect::kNothing},
    Row{.label = "Seed", .knob = "seed"},
    Row{.label = "Var. seed", .knob = "subseed"},
    Row{.label = "Var. strength", .knob = "subseed_strength"},
    Row{.label = "Steps", .knob = "steps"},
    Row{.label = "Hires steps", .knob = "hr_second_pass_steps", .tabs = Tabs::kTextToImage},
    Row{.label = "CFG Scale", .knob = "cfg_scale"},
    Row{.label = "Image CFG Scale", .knob = "image_cfg_scale", .tabs = Tabs::kImageToImage},
    Row{.label = "Prompt S/R", .effect = AxisEffect::kSearchReplace, .legend = LegendStyle::kBare},
    Row{.label = "Prompt order", .effect = AxisEffect::kPromptOrder, .legend = LegendStyle::kBare},
    Row{.label = "Sampler", .knob = "sampler_name", .tabs = Tabs::kTextToImage, .legend = LegendStyle::kBare},
    Row{.label = "Hires sampler", .knob = "hr_sampler_name", .tabs = Tabs::kTextToImage, .legend = LegendStyle::kBare},
    Row{.label = "Sampler", .knob = "sampler_name", .tabs = Tabs::kImageToImage, .legend = LegendStyle::kBare},
    Row{.label = "Checkpoint name", .knob = "sd_model_checkpoint", .cost = 1, .legend = LegendStyle::kFileName},
    Row{.label = "Negative Guidance minimum sigma", .knob = "s_min_uncond"},
    Row{.label = "Sigma Churn", .knob = "s_churn"},
    Row{.label = "Sigma min", .knob = "s_tmin"},
    Row{.label = "Sigma max", .knob = "s_tmax"},
    Row{.label = "Sigma noise", .knob = "s_noise"},
    Row{.label = "Schedule type", .knob = "scheduler"},
    Row{.label = "Schedule min sigma", .knob = "sigma_min"},
    Row{.label = "Schedule max sigma", .knob = "sigma_max"},
    Row{.label = "Schedule rho", .knob = "rho"},
    Row{.label = "Beta schedule alpha", .knob = "beta_dist_alpha"},
    Row{.label = "Beta schedule beta", .knob = "beta_dist_beta"},
    Row{.label = "Eta", .knob = "eta"},
    Row{.label = "Clip skip", .knob = "CLIP_stop_at_last_layers"},
    Row{.label = "Denoising", .knob = "denoising_strength"},
    Row{.label = "Initial noise multiplier", .knob = "initial_noise_multiplier"},
    Row{.label = "Extra noise", .knob = "img2img_extra_noise"},
    Row{.label = "Hires upscaler", .knob = "hr_upscaler", .tabs = Tabs::kTextToImage},
    Row{.label = "Cond. Image Mask Weight", .knob = "inpainting_mask_weight", .tabs = Tabs::kImageToImage},
    Row{.label = "VAE", .knob = "sd_vae", .cost = 0.7},
    Row{.label = "Styles", .effect = AxisEffect::kStyles},
    Row{.label = "UniPC Order", .knob = "uni_pc_order", .cost = 0.5},
    Row{.label = "Face restore", .knob = "face_restoration_model"},
    Row{.label = "Token merging ratio", .knob = "token_merging_ratio"},
    Row{.label = "Token merging ratio high-res", .knob = "token_merging_ratio_hr"},
    Row{.label = "Always discard next-to-last sigma", .knob = "always_discard_next_to_last_sigma"},
    Row{.label = "SGM noise multiplier", .knob = "sgm_noise_multiplier"},
    Row{.label = "Refiner checkpoint", .knob = "refiner_checkpoint", .cost = 1, .legend = LegendStyle::kFileName},
    Row{.label = "Refiner switch at", .knob = "refiner_switch_at"},
    Row{.label = "RNG source", .knob = "randn_source"},
    Row{.label = "FP8 mode", .knob = "fp8_storage", .cost = 0.9},
    Row{.label = "Size", .effect = AxisEffect::kSize},
};

const RequestField* find_knob(std::string_view name) {
  const RequestField* field = find_request_field(name);
  return field != nullptr ? field : find_setting(name);
}

ValueKind kind_of(const RequestField& field) {
  using Request = GenerationRequest;
  if (std::holds_alternative<int Request::*>(field.member)) return ValueKind::kWhole;
  if (std::holds_alternative<std::int64_t Request::*>(field.member)) return ValueKind::kWhole;
  if (std::holds_alternative<double Request::*>(field.member)) return ValueKind::kReal;
  if (std::holds_alternative<std::optional<double> Request::*>(field.member)) return ValueKind::kReal;
  return ValueKind::kText;
}

Axis axis_of(const Row& row) {
  Axis axis{.label = row.label,
            .effect = row.effect,
            .cost = row.cost,
            .legend = row.legend,
            .is_in_text_to_image = row.tabs != Tabs::kImageToImage,
            .is_in_image_to_image = row.tabs != Tabs::kTextToImage};
  if (row.effect != AxisEffect::kField) return axis;
  axis.field = find_knob(row.knob);
  if (axis.field == nullptr) {
    axis.effect = AxisEffect::kUnavailable;
  } else {
    axis.values = kind_of(*axis.field);
  }
  return axis;
}

// The two numbers of "Size: 512x768" have one key, which is the label of another axis.
std::string_view label_of(const RequestField& field) {
  const bool is_half = field.key.ends_with("-1") || field.key.ends_with("-2");
  return field.key.empty() || is_half ? field.title() : field.key;
}

std::vector<Axis> all_axes() {
  std::vector<Axis> list;
  for (const Row& row : kRows) list.push_back(axis_of(row));
  for (const RequestField& field : request_fields()) {
    if (std::ranges::find(list, &field, &Axis::field) != list.end()) continue;
    list.push_back({.label = label_of(field),
                    .effect = AxisEffect::kField,
                    .field = &field,
                    .values = kind_of(field),
                    .cost = field.setting == "sd_text_encoder" ? 1.0 : 0.0});
  }
  return list;
}

// Letters and digits in lower case.
std::string letters_of(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    const char lower = ascii_lower(c);
    const bool counts = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (counts) letters += lower;
  }
  return letters;
}

bool is_called(const Axis& axis, const std::string& letters) {
  if (letters_of(axis.label) == letters) return true;
  if (axis.field == nullptr) return axis.effect == AxisEffect::kSearchReplace && letters == "sr";
  const RequestField& field = *axis.field;
  for (const std::string_view name : {field.name, field.setting, field.key}) {
    if (!name.empty() && letters_of(name) == letters) return true;
  }
  const std::size_t dashes = field.flag.rfind("--");  // "--size" is that of an axis of its own
  return dashes != field.flag.npos && field.flag != "--size" && letters_of(field.flag.substr(dashes)) == letters;
}

}  // namespace

std::span<const Axis> axes() {
  static const std::vector<Axis> list = all_axes();
  return list;
}

std::vector<const Axis*> axes_of_tab(bool is_image_to_image) {
  std::vector<const Axis*> list;
  for (const Axis& axis : axes()) {
    if (is_image_to_image ? axis.is_in_image_to_image : axis.is_in_text_to_image) list.push_back(&axis);
  }
  return list;
}

const Axis& find_axis(std::string_view name) {
  const std::string letters = letters_of(name);
  // A knob's own name first: "sigma_min" is not the label "Sigma min", which is s_tmin's.
  const RequestField* const knob = find_knob(name);
  auto found = axes().end();
  if (knob != nullptr) found = std::ranges::find(axes(), knob, &Axis::field);
  if (found == axes().end()) {
    found = std::ranges::find_if(axes(), [&](const Axis& axis) { return letters_of(axis.label) == letters; });
  }
  if (found == axes().end() && !letters.empty()) {
    found = std::ranges::find_if(axes(), [&](const Axis& axis) { return is_called(axis, letters); });
  }
  if (found == axes().end()) {
    std::vector<std::string_view> labels;
    for (const Axis& axis : axes()) labels.push_back(axis.label);
    fail(ErrorCode::kInvalidArgument, "there is no axis '{}'{}", printable(name, 60), did_you_mean(name, labels));
  }
  require_available(*found);
  return *found;
}

void require_available(const Axis& axis) {
  if (axis.effect == AxisEffect::kUnavailable) {
    fail(ErrorCode::kInvalidArgument, "the axis '{}' cannot be used: this version has no such knob yet", axis.label);
  }
}

std::string describe_values(const Axis& axis) {
  switch (axis.effect) {
    case AxisEffect::kNothing: return "no values";
    case AxisEffect::kUnavailable: return "not in this version";
    case AxisEffect::kSearchReplace: return "words to find, then those to put in their place";
    case AxisEffect::kPromptOrder: return "fragments of the prompt: all their orders are tried";
    case AxisEffect::kStyles: return "names of styles";
    case AxisEffect::kSize: return "sizes such as 512x768";
    case AxisEffect::kField: break;
  }
  std::string text = axis.values == ValueKind::kWhole  ? "whole numbers"
                     : axis.values == ValueKind::kReal ? "numbers"
                                                       : "texts";
  if (std::holds_alternative<bool GenerationRequest::*>(axis.field->member)) text = "true, false";
  const std::string range = describe_range(*axis.field);
  return range.empty() ? text : text + "; " + range;
}

}  // namespace fude::pipelines::comparison
