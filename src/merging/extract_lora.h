#pragma once

#include <optional>

#include "io/tensor_file.h"
#include "merging/lora_file.h"
#include "merging/merge_models.h"
#include "merging/resize_lora.h"

namespace fude::merging {

struct ExtractOptions {
  RankRule linear{.most = 4};           // attention of the U-Net, text encoders
  std::optional<RankRule> conv = {};    // residual blocks and resampling, too; absent: left out
  double least_text_difference = 0.01;  // a text encoder no weight of which changed by more is left out
  double clamp_quantile = 1;            // below 1: larger factors than this share of them are cut, as sd-scripts does
  StorageType type = StorageType::kHalf;
};

/// The LoRA that turns `base` into `tuned`, as nearly as its ranks allow (sd-scripts,
/// networks/extract_lora_from_models; kohya's names). Weights that are alike are left out. Throws Error:
/// kUnsupportedModel (no such weights), kInvalidArgument (the models are of different kinds, or alike), kCorruptFile
/// (numbers that are not finite), and what `on_layer` throws.
LoraTensors extract_lora(const Parent& tuned, const Parent& base, const ExtractOptions& options,
                         const LayerProgress& on_layer = {});

}  // namespace fude::merging
