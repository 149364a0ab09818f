#include "pipelines/infotext_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "diffusion/sampler_names.h"
#include "pipelines/infotext_passes.h"
#include "pipelines/infotext_values.h"
#include "pipelines/making_notes.h"

namespace fude::pipelines {
namespace {

using diffusion::SamplerTraits, diffusion::ScheduleTraits;

// The format's order. Keys that are not here follow in the order they were added, before the version.
constexpr std::array<std::string_view, 26> kOrder{"Steps",
                                                  "Sampler",
                                                  "Schedule type",
                                                  "CFG scale",
                                                  "Image CFG scale",
                                                  "Seed",
                                                  "Face restoration",
                                                  "Size",
                                                  "Model hash",
                                                  "Model",
                                                  "FP8 weight",
                                                  "Cache FP16 weight for LoRA",
                                                  "VAE hash",
                                                  "VAE",
                                                  "Variation seed",
                                                  "Variation seed strength",
                                                  "Seed resize from",
                                                  "Denoising strength",
                                                  "Conditional mask weight",
                                                  "Clip skip",
                                                  "ENSD",
                                                  "Token merging ratio",
                                                  "Token merging ratio hr",
                                                  "Init image hash",
                                                  "RNG",
                                                  "Tiling"};

class ParameterLine {
 public:
  void set(std::string_view key, std::string_view value) {
    const auto found = std::ranges::find(pairs_, key, &Pair::first);
    if (found == pairs_.end()) {
      pairs_.emplace_back(key, value);
    } else {
      found->second = value;
    }
  }

  std::string text() const {
    std::vector<Pair> ordered = pairs_;
    std::ranges::stable_sort(ordered, {}, [](const Pair& pair) { return rank(pair.first); });
    std::string line;
    for (const auto& [key, value] : ordered) {
      if (!line.empty()) line += ", ";
      line += key == value ? key : fmt::format("{}: {}", key, quote(value));
    }
    return line;
  }

 private:
  using Pair = std::pair<std::string, std::string>;

  static std::size_t rank(std::string_view key) {
    if (key == "Version") return kOrder.size() + 1;
    if (key == "User") return kOrder.size() + 2;
    if (key == kEngineKey || key == kSettingsKey || key == kHashesKey) return kOrder.size() + 3;
    return static_cast<std::size_t>(std::ranges::find(kOrder, key) - kOrder.begin());
  }

  std::vector<Pair> pairs_;
};

void add_basics(ParameterLine& line, const GenerationRequest& request, const InfotextContext& context) {
  line.set("Steps", fmt::format("{}", request.steps));
  line.set("Sampler", request.sampler);
  line.set("Schedule type", request.scheduler);
  line.set("CFG scale", python_number(request.cfg_scale));
  line.set("Seed", fmt::format("{}", request.seed));
  if (const std::string restorer = acting_face_restorer(request); !restorer.empty()) {
    line.set("Face restoration", restorer);
    const bool has_weight = restorer == "CodeFormer" && request.code_former_weight != 0.5;
    if (has_weight) line.set("CodeFormer weight", python_number(request.code_former_weight));
  }
  line.set("Size", fmt::format("{}x{}", request.width, request.height));
  if (request.add_model_hash_to_info && !context.model_hash.empty()) line.set("Model hash", context.model_hash);
  if (request.add_model_name_to_info && !context.model_name.empty()) line.set("Model", context.model_name);
  if (request.add_vae_hash_to_info && !context.vae_hash.empty()) line.set("VAE hash", context.vae_hash);
  if (request.add_vae_name_to_info && !context.vae_name.empty()) line.set("VAE", context.vae_name);
}

void add_noise(ParameterLine& line, const GenerationRequest& request, const SamplerTraits* sampler) {
  if (request.subseed_strength != 0) {
    line.set("Variation seed", fmt::format("{}", request.subseed));
    line.set("Variation seed strength", python_number(request.subseed_strength));
  }
  if (request.seed_resize_from_w > 0 && request.seed_resize_from_h > 0) {
    line.set("Seed resize from", fmt::format("{}x{}", request.seed_resize_from_w, request.seed_resize_from_h));
  }
  const bool takes_delta = sampler != nullptr && sampler->writes_seed_delta;
  if (request.eta_noise_seed_delta != 0 && takes_delta) {
    line.set("ENSD", fmt::format("{}", request.eta_noise_seed_delta));
  }
  if (request.randn_source != "GPU") line.set("RNG", request.randn_source);
}

bool has_brackets(std::string_view text) { return text.find_first_of("([") != std::string_view::npos; }

void add_words(ParameterLine& line, const GenerationRequest& request) {
  if (request.clip_skip > 1) line.set("Clip skip", fmt::format("{}", request.clip_skip));
  if (request.tiling) line.set("Tiling", "True");
  const bool may_weigh = has_brackets(request.prompt) || has_brackets(request.negative_prompt);
  const bool may_change = request.prompt.find('[') != std::string::npos;
  if (may_change && request.use_old_scheduling) line.set("Old prompt editing timelines", "True");
  if (may_weigh && request.emphasis != "Original") line.set("Emphasis", request.emphasis);
}

// What the model was taken for, where the request says otherwise than its file, and what only SDXL is told.
void add_model_facts(ParameterLine& line, const GenerationRequest& request) {
  const GenerationRequest usual;
  if (request.noise_schedule != usual.noise_schedule) line.set("Noise Schedule", request.noise_schedule);
  if (!request.text_encoder.empty()) line.set("Text encoder", request.text_encoder);
  if (request.prediction_type != usual.prediction_type) line.set("Prediction type", request.prediction_type);
  if (request.sdxl_clip_l_skip) line.set("SDXL clip L skip", "True");
  if (request.sdxl_crop_top != 0) line.set("SDXL crop top", fmt::format("{}", request.sdxl_crop_top));
  if (request.sdxl_crop_left != 0) line.set("SDXL crop left", fmt::format("{}", request.sdxl_crop_left));
}

void add_networks(ParameterLine& line, std::string_view key, const std::vector<UsedNetwork>& networks) {
  std::string hashes;
  for (const UsedNetwork& network : networks) {
    if (network.hash.empty() || network.name.empty()) continue;
    hashes += fmt::format("{}{}: {}", hashes.empty() ? "" : ", ", listed_name(network.name), network.hash);
  }
  if (!hashes.empty()) line.set(key, hashes);
}

// The schedule that acts: its label is stored instead of "Automatic" once it has been applied.
const ScheduleTraits* effective_schedule(const GenerationRequest& request, const SamplerTraits& sampler) {
  const ScheduleTraits* asked = diffusion::find_schedule_traits(request.scheduler);
  if (asked == nullptr || sampler.uses_timesteps) return asked;
  return &diffusion::acting_schedule({sampler, *asked});
}

void add_schedule(ParameterLine& line, const GenerationRequest& request, const SamplerTraits& sampler) {
  const ScheduleTraits* schedule = effective_schedule(request, sampler);
  if (schedule != nullptr) line.set("Schedule type", schedule->label);
  if (sampler.uses_timesteps) return;
  if (request.always_discard_next_to_last_sigma && !sampler.discards_penultimate)
    line.set("Discard penultimate sigma", "True");
  // The model's own spacing takes no bounds.
  if (schedule != nullptr && schedule->id != "automatic") {
    if (request.sigma_min != 0) line.set("Schedule min sigma", python_number(request.sigma_min));
    if (request.sigma_max != 0) line.set("Schedule max sigma", python_number(request.sigma_max));
    const bool has_other_rho = request.rho != 0 && request.rho != schedule->default_rho;
    if (schedule->default_rho != 0 && has_other_rho) line.set("Schedule rho", python_number(request.rho));
  }
  if (schedule != nullptr && schedule->id == "beta") {
    const GenerationRequest usual;
    if (request.beta_alpha != usual.beta_alpha) line.set("Beta scheduler alpha", python_number(request.beta_alpha));
    if (request.beta_beta != usual.beta_beta) line.set("Beta scheduler beta", python_number(request.beta_beta));
  }
  if (request.sgm_noise_multiplier) line.set("SGM noise multiplier", "True");
}

void add_sampler(ParameterLine& line, const GenerationRequest& request, const SamplerTraits& sampler) {
  const double eta = acting_eta(request, sampler);
  if (sampler.writes_eta && eta != sampler.default_eta)
    line.set(sampler.uses_timesteps ? "Eta DDIM" : "Eta", python_number(eta));
  if (sampler.writes_churn) {
    if (request.s_churn != 0) line.set("Sigma churn", python_number(request.s_churn));
    if (request.s_tmin != 0) line.set("Sigma tmin", python_number(request.s_tmin));
    if (request.s_tmax != 0) line.set("Sigma tmax", python_number(request.s_tmax));
  }
  if (sampler.writes_noise_scale && request.s_noise != 1) line.set("Sigma noise", python_number(request.s_noise));
}

void add_guidance(ParameterLine& line, const GenerationRequest& request, const InfotextContext& context) {
  if (request.skip_early_cond != 0) line.set("Skip Early CFG", python_number(request.skip_early_cond));
  if (request.s_min_uncond > 0) {
    line.set("NGMS", python_number(request.s_min_uncond));
    if (request.s_min_uncond_all) line.set("NGMS all steps", "True");
  }
  if (context.padded_conds) line.set("Pad conds", "True");
  if (request.cfg_rescale != 0) line.set("CFG Rescale", python_number(request.cfg_rescale));
}

// What was changed inside the network.
void add_network(ParameterLine& line, const GenerationRequest& request) {
  if (request.pag_scale != 0) line.set("PAG Scale", python_number(request.pag_scale));
  if (request.sag_scale != 0) {
    line.set("SAG Guidance Scale", python_number(request.sag_scale));
    line.set("SAG Mask Threshold", python_number(request.sag_threshold));
    line.set("SAG Blur Sigma", python_number(request.sag_blur));
  }
  if (request.has_free_u) {
    line.set("FreeU", "True");
    line.set("FreeU b1", python_number(request.free_u_b1));
    line.set("FreeU b2", python_number(request.free_u_b2));
    line.set("FreeU s1", python_number(request.free_u_s1));
    line.set("FreeU s2", python_number(request.free_u_s2));
  }
  if (request.token_merging_ratio != 0) line.set("Token merging ratio", python_number(request.token_merging_ratio));
  if (request.has_hypertile) {
    line.set("Hypertile U-Net", "True");
    line.set("Hypertile U-Net max depth", fmt::format("{}", request.hypertile_max_depth));
    line.set("Hypertile U-Net max tile size", fmt::format("{}", request.hypertile_max_tile));
  }
}

// By the names of the extension that does so in the web UI.
void add_tiles(ParameterLine& line, const GenerationRequest& request) {
  if (request.tiled_diffusion == "None") return;
  line.set("Tiled Diffusion method", request.tiled_diffusion);
  line.set("Tiled Diffusion tile width", fmt::format("{}", request.diffusion_tile_width));
  line.set("Tiled Diffusion tile height", fmt::format("{}", request.diffusion_tile_height));
  line.set("Tiled Diffusion overlap", fmt::format("{}", request.diffusion_tile_overlap));
  line.set("Tiled Diffusion batch size", fmt::format("{}", request.diffusion_tile_batch));
}

void add_threshold(ParameterLine& line, const GenerationRequest& request) {
  if (!request.has_dynamic_threshold) return;
  line.set("Dynamic thresholding enabled", "True");
  line.set("Mimic scale", python_number(request.mimic_scale));
  line.set("Separate Feature Channels", request.threshold_channels ? "True" : "False");
  line.set("Scaling Startpoint", request.threshold_start);
  line.set("Variability Measure", request.threshold_measure);
  line.set("Interpolate Phi", python_number(request.threshold_share));
  line.set("Threshold percentile", python_number(request.threshold_percentile));
  line.set("Mimic mode", request.mimic_mode);
  if (request.mimic_mode != "Constant") line.set("Mimic scale minimum", python_number(request.mimic_scale_minimum));
  line.set("CFG mode", request.threshold_cfg_mode);
  if (request.threshold_cfg_mode != "Constant")
    line.set("CFG scale minimum", python_number(request.threshold_cfg_minimum));
}

void add_refiner(ParameterLine& line, const GenerationRequest& request, const InfotextContext& context) {
  if (context.refiner.empty()) return;
  if (request.refiner_switch_by_sample_steps) line.set("Refiner switch by sampling steps", "True");
  line.set("Refiner", context.refiner);
  line.set("Refiner switch at", python_number(request.refiner_switch_at));
}

std::string whole_text(const GenerationRequest& request, const ParameterLine& line) {
  std::string text = request.prompt;
  if (!request.negative_prompt.empty()) text += "\nNegative prompt: " + request.negative_prompt;
  text += "\n" + line.text();
  return std::string(strip(text));
}

// What it takes to make the picture again, byte for byte, beyond what the web UI writes.
void add_making(ParameterLine& line, const GenerationRequest& request, const InfotextContext& context) {
  const std::string settings = unwritten_settings(request, whole_text(request, line));
  line.set(kEngineKey, context.engine);
  if (!settings.empty()) line.set(kSettingsKey, settings);
  add_networks(line, kHashesKey, context.parts);
}

}  // namespace

std::string listed_name(std::string name) {
  std::erase_if(name, [](char c) { return c == ':' || c == ','; });
  return name;
}

std::string version_line() { return "fude-" FUDE_VERSION; }

std::string write_infotext(const GenerationRequest& request, const InfotextContext& context) {
  const SamplerTraits* sampler = diffusion::find_sampler_traits(request.sampler);
  ParameterLine line;
  add_basics(line, request, context);
  add_noise(line, request, sampler);
  if (context.has_mask_channels) line.set("Conditional mask weight", python_number(request.inpainting_mask_weight));
  if (context.image_cfg_scale != 0) line.set("Image CFG scale", python_number(context.image_cfg_scale));
  for (const auto& [key, value] : picture_pairs(request)) line.set(key, value);
  for (const auto& [key, value] : hires_pairs(request)) line.set(key, value);
  if (request.lora_add_hashes_to_infotext) add_networks(line, "Lora hashes", context.loras);
  add_networks(line, "Hypernet hashes", context.hypernetworks);
  add_networks(line, "TI hashes", context.words);
  add_words(line, request);
  add_model_facts(line, request);
  if (context.was_sampled && sampler != nullptr) {
    if (starts_from_picture(request) && request.initial_noise_multiplier != 1) {
      line.set("Noise multiplier", python_number(request.initial_noise_multiplier));
    }
    add_schedule(line, request, *sampler);
    if ((starts_from_picture(request) || request.enable_hr) && request.img2img_extra_noise > 0) {
      line.set("Extra noise", python_number(request.img2img_extra_noise));
    }
    add_sampler(line, request, *sampler);
    add_guidance(line, request, context);
    add_threshold(line, request);
    add_network(line, request);
    add_tiles(line, request);
    add_refiner(line, request, context);
  }
  if (!request.prompt_template.empty()) line.set("Template", request.prompt_template);
  if (!request.negative_template.empty()) line.set("Negative Template", request.negative_template);
  for (const auto& [key, value] : request.extra) line.set(key, value);
  if (request.add_version_to_infotext) line.set("Version", context.version.empty() ? version_line() : context.version);
  if (request.add_engine_to_infotext && !context.engine.empty()) add_making(line, request, context);
  return whole_text(request, line);
}

}  // namespace fude::pipelines
