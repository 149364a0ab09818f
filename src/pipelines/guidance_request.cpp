#include "pipelines/guidance_request.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace fude::pipelines {
namespace {

using diffusion::ScaleMode;

ScaleMode scale_mode(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, ScaleMode>, 6> kModes{
      {{"Linear Down", ScaleMode::kLinearDown},
       {"Half Cosine Down", ScaleMode::kHalfCosineDown},
       {"Cosine Down", ScaleMode::kCosineDown},
       {"Linear Up", ScaleMode::kLinearUp},
       {"Half Cosine Up", ScaleMode::kHalfCosineUp},
       {"Cosine Up", ScaleMode::kCosineUp}}};
  for (const auto& [mode_name, mode] : kModes) {
    if (mode_name == name) return mode;
  }
  return ScaleMode::kConstant;
}

}  // namespace

diffusion::ThresholdOptions threshold_options(const GenerationRequest& request) {
  using diffusion::SpreadMeasure, diffusion::ThresholdStart;
  return {.is_on = request.has_dynamic_threshold,
          .mimic_scale = request.mimic_scale,
          .percentile = request.threshold_percentile / 100,
          .mimic_mode = scale_mode(request.mimic_mode),
          .mimic_minimum = request.mimic_scale_minimum,
          .guidance_mode = scale_mode(request.threshold_cfg_mode),
          .guidance_minimum = request.threshold_cfg_minimum,
          .separates_channels = request.threshold_channels,
          .start = request.threshold_start == "ZERO" ? ThresholdStart::kZero : ThresholdStart::kMean,
          .measure = request.threshold_measure == "STD" ? SpreadMeasure::kDeviation : SpreadMeasure::kLargest,
          .share = request.threshold_share};
}

nn::AttentionTweaks attention_tweaks(const GenerationRequest& request) {
  constexpr int64_t kPixelsPerToken = 8;
  nn::AttentionTweaks tweaks{.merge_ratio = request.token_merging_ratio, .tile_depth = request.hypertile_max_depth};
  if (request.has_hypertile) tweaks.tile_size = std::max<int64_t>(1, request.hypertile_max_tile / kPixelsPerToken);
  return tweaks;
}

std::optional<diffusion::LatentTiling> latent_tiling(const GenerationRequest& request) {
  if (request.tiled_diffusion == "None") return std::nullopt;
  const bool is_average = request.tiled_diffusion == "MultiDiffusion";
  return diffusion::LatentTiling{.blend = is_average ? diffusion::TileBlend::kAverage : diffusion::TileBlend::kGaussian,
                                 .width = request.diffusion_tile_width,
                                 .height = request.diffusion_tile_height,
                                 .overlap = request.diffusion_tile_overlap,
                                 .batch = request.diffusion_tile_batch};
}

std::optional<models::FreeU> free_u_of(const GenerationRequest& request) {
  if (!request.has_free_u) return std::nullopt;
  return models::FreeU{.backbone1 = request.free_u_b1,
                       .backbone2 = request.free_u_b2,
                       .skip1 = request.free_u_s1,
                       .skip2 = request.free_u_s2};
}

}  // namespace fude::pipelines
