#include "pipelines/infotext_passes.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "diffusion/sampler_names.h"
#include "pipelines/infotext_values.h"

namespace fude::pipelines {
namespace {

using diffusion::SamplerNames;

void add_soft_inpainting(InfotextPairs& pairs, const GenerationRequest& request) {
  if (!request.soft_inpainting) return;
  const auto add = [&pairs](std::string_view name, double value) {
    pairs.emplace_back(fmt::format("Soft inpainting {}", name), python_number(value));
  };
  pairs.emplace_back("Soft inpainting enabled", "True");
  add("schedule bias", request.soft_schedule_bias);
  add("preservation strength", request.soft_preservation_strength);
  add("transition contrast boost", request.soft_transition_contrast);
  add("mask influence", request.soft_mask_influence);
  add("difference threshold", request.soft_difference_threshold);
  add("difference contrast", request.soft_difference_contrast);
}

void add_mask(InfotextPairs& pairs, const GenerationRequest& request) {
  constexpr std::array<std::string_view, 4> kContents{"fill", "original", "latent noise", "latent nothing"};
  if (request.inpainting_mask_invert) pairs.emplace_back("Mask mode", "Inpaint not masked");
  const MaskBlur blur = mask_blur_of(request);
  if (blur.x == blur.y) {
    if (blur.x > 0) pairs.emplace_back("Mask blur", fmt::format("{}", blur.x));
  } else {
    pairs.emplace_back("Mask blur x", fmt::format("{}", blur.x));
    pairs.emplace_back("Mask blur y", fmt::format("{}", blur.y));
  }
  if (request.inpaint_full_res) {
    pairs.emplace_back("Inpaint area", "Only masked");
    pairs.emplace_back("Masked area padding", fmt::format("{}", request.inpaint_full_res_padding));
  }
  const std::string_view content = kContents.at(static_cast<std::size_t>(request.inpainting_fill));
  if (content != "original") pairs.emplace_back("Masked content", content);
}

// A schedule's label as a picture's text has it: "Automatic" for the model's own levels.
std::string_view schedule_label(const std::string& sampler, const std::string& schedule) {
  const auto names = diffusion::find_sampler_names(sampler, schedule);
  if (!names) return schedule;
  return names->sampler.uses_timesteps ? names->schedule.label : diffusion::acting_schedule(*names).label;
}

// Written where the second pass has another one than the text says of the first.
std::string hires_schedule(const GenerationRequest& request) {
  const std::string& sampler = request.hr_sampler.empty() ? request.sampler : request.hr_sampler;
  const std::string& schedule = request.hr_scheduler.empty() ? request.scheduler : request.hr_scheduler;
  const std::string_view first = schedule_label(request.sampler, request.scheduler);
  const auto names = diffusion::find_sampler_names(sampler, schedule);
  if (names && names->sampler.uses_timesteps) return request.hr_scheduler;
  const std::string_view second = schedule_label(sampler, schedule);
  return second == first ? std::string() : std::string(second);
}

}  // namespace

InfotextPairs picture_pairs(const GenerationRequest& request) {
  InfotextPairs pairs;
  if (!starts_from_picture(request)) return pairs;
  pairs.emplace_back("Denoising strength", python_number(acting_strength(request)));
  if (!request.sources.mask) return pairs;
  add_mask(pairs, request);
  add_soft_inpainting(pairs, request);
  return pairs;
}

InfotextPairs hires_pairs(const GenerationRequest& request) {
  InfotextPairs pairs;
  if (!request.enable_hr) return pairs;
  const auto add = [&pairs](std::string_view key, const std::string& value, std::string_view same = {}) {
    if (!value.empty() && value != same) pairs.emplace_back(key, value);
  };
  pairs.emplace_back("Denoising strength", python_number(acting_strength(request)));
  add("Hires checkpoint", request.hr_checkpoint);
  add("Hires sampler", request.hr_sampler, request.sampler);
  add("Hires prompt", request.hr_prompt, request.prompt);
  add("Hires negative prompt", request.hr_negative_prompt, request.negative_prompt);
  add("Hires schedule type", hires_schedule(request));
  if (request.hr_cfg && *request.hr_cfg != request.cfg_scale) {
    pairs.emplace_back("Hires CFG Scale", python_number(*request.hr_cfg));
  }
  if (request.hr_resize_x == 0 && request.hr_resize_y == 0) {
    pairs.emplace_back("Hires upscale", python_number(request.hr_scale));
  } else {
    pairs.emplace_back("Hires resize", fmt::format("{}x{}", request.hr_resize_x, request.hr_resize_y));
  }
  if (request.hr_second_pass_steps != 0) {
    pairs.emplace_back("Hires steps", fmt::format("{}", request.hr_second_pass_steps));
  }
  add("Hires upscaler", request.hr_upscaler);
  if (!request.refiner.empty()) add("Hires refiner", request.hires_fix_refiner_pass, "second pass");
  return pairs;
}

}  // namespace fude::pipelines
