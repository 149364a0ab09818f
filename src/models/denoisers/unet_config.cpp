#include "models/denoisers/unet_config.h"

#include <algorithm>
#include <string>

#include "core/error.h"

namespace fude::models {
namespace {

using weights::TensorIndex;

int64_t transformer_depth_at(const TensorIndex& index, const std::string& block) {
  return weights::count_numbered(index, block + ".1.transformer_blocks.", ".norm1.weight");
}

// Walks input_blocks 1, 2, ..: res blocks of a level, then the downsampling convolution that ends it.
void infer_levels(const TensorIndex& index, UNetConfig& config) {
  config.channel_mult.clear();
  config.transformer_depth.clear();
  int64_t res_blocks_here = 0;
  std::vector<int64_t> res_blocks;
  std::string first_missing;
  for (int64_t i = 1;; ++i) {
    const std::string block = "input_blocks." + std::to_string(i);
    if (index.contains(block + ".0.op.weight")) {
      res_blocks.push_back(res_blocks_here);
      res_blocks_here = 0;
      continue;
    }
    if (!index.contains(block + ".0.in_layers.2.weight")) {
      first_missing = block + ".0.in_layers.2.weight";
      break;
    }
    if (res_blocks_here++ == 0) {
      config.channel_mult.push_back(weights::size_of(index, block + ".0.in_layers.2.weight", 0) /
                                    config.model_channels);
      config.transformer_depth.push_back(transformer_depth_at(index, block));
    }
  }
  res_blocks.push_back(res_blocks_here);
  config.res_blocks = res_blocks.front();
  for (std::size_t level = 0; level < res_blocks.size(); ++level) {
    if (res_blocks[level] == config.res_blocks && config.res_blocks > 0) continue;
    fail(ErrorCode::kUnsupportedModel, "U-Net level {} has {} residual blocks, expected {} (no tensor '{}')", level + 1,
         res_blocks[level], std::max<int64_t>(1, config.res_blocks), first_missing);
  }
}

int64_t infer_context_dim(const TensorIndex& index) {
  return weights::size_of(index, "middle_block.1.transformer_blocks.0.attn2.to_k.weight", 1);
}

void infer_heads(const TensorIndex& index, UNetConfig& config) {
  constexpr int64_t kHeadWidth = 64;
  config.has_linear_projections = weights::shape_of(index, "middle_block.1.proj_in.weight").size() == 2;
  if (!config.has_linear_projections) return;
  config.heads = 0;
  config.head_width = kHeadWidth;
  for (const int64_t mult : config.channel_mult) {
    const int64_t channels = mult * config.model_channels;
    if (channels % kHeadWidth != 0) {
      fail(ErrorCode::kUnsupportedModel, "U-Net level is {} wide, expected a multiple of {}", channels, kHeadWidth);
    }
  }
}

}  // namespace

UNetConfig infer_unet_config(const TensorIndex& index) {
  UNetConfig config;
  config.in_channels = weights::size_of(index, "input_blocks.0.0.weight", 1);
  config.model_channels = weights::size_of(index, "input_blocks.0.0.weight", 0);
  config.out_channels = weights::size_of(index, "out.2.weight", 0);
  if (config.model_channels <= 0 || config.model_channels % 32 != 0) {
    fail(ErrorCode::kUnsupportedModel, "U-Net has {} model channels, expected a multiple of 32", config.model_channels);
  }
  infer_levels(index, config);
  config.middle_transformer_depth = transformer_depth_at(index, "middle_block");
  config.context_dim = infer_context_dim(index);
  infer_heads(index, config);
  if (index.contains("label_emb.0.0.weight")) config.vector_dim = weights::size_of(index, "label_emb.0.0.weight", 1);
  return config;
}

}  // namespace fude::models
