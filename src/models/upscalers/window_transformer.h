#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <string>

#include "models/upscalers/window_grid.h"
#include "nn/layers.h"
#include "weights/tensor_index.h"
#include "weights/weight_view.h"

/// The parts of Swin transformers (Liu et al. 2021, arXiv:2103.14030), which SwinIR and HAT are made of.
namespace fude::models {

/// Rolled maps are told apart so that tokens do not look over the picture's edge.
struct WindowPlan {
  WindowGrid grid;
  int64_t roll = 0;    // tokens down and to the right; 0: none
  at::Tensor regions;  // of the rolled map; undefined without a roll
};

/// The plan of every other block, which is rolled by half a window, for a map of height x width tokens.
WindowPlan rolled_plan(const WindowGrid& grid, int64_t height, int64_t width, at::Device device);

/// Self-attention in windows with a bias by relative position.
struct WindowAttention {
  nn::Linear qkv, proj;
  at::Tensor bias;  // [heads,tokens,tokens], fp32
  int64_t heads;

  WindowAttention(const weights::WeightView& w, int64_t channels, int64_t heads, const WindowGrid& grid,
                  bool has_qkv_bias);
  /// tokens [B,H,W,C] -> [B,H,W,C].
  at::Tensor forward(const at::Tensor& tokens, const WindowPlan& plan) const;
};

/// Two linear layers with a GELU between.
struct Mlp {
  nn::Linear fc1, fc2;

  Mlp(const weights::WeightView& w, int64_t channels, int64_t hidden);
  at::Tensor forward(const at::Tensor& x) const;
};

/// bias [heads,N,M] picked out of a table [positions,heads] by positions [N,M].
at::Tensor bias_from_table(const at::Tensor& table, const at::Tensor& positions);

/// The side of square windows whose table of relative positions is `key`: its rows are (2 * side - 1)^2.
/// Throws Error(kUnsupportedModel).
int64_t window_side(const weights::TensorIndex& index, const std::string& key);

/// Throws Error(kUnsupportedModel) unless `heads` >= 1 shares `channels` out without a rest.
void require_heads(int64_t channels, int64_t heads);

}  // namespace fude::models
