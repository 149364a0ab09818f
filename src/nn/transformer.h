#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <utility>
#include <variant>
#include <vector>

#include "nn/context_memory.h"
#include "nn/layers.h"
#include "weights/weight_view.h"

namespace fude::nn {

/// What adapters do inside attention.
struct AttentionHooks {
  /// context [B,M,D] -> what keys and what values are made from, each [B,M,D]; empty: the context for both.
  std::function<std::pair<at::Tensor, at::Tensor>(const at::Tensor& context)> key_value_sources = {};
};

/// What keys and what values are made from; the context for both where there are no hooks (null or empty).
std::pair<at::Tensor, at::Tensor> key_value_sources(const AttentionHooks* hooks, const at::Tensor& context);

/// Multi-head attention of queries x over a context; keys and values come from the context.
struct CrossAttention {
  Linear to_q, to_k, to_v, to_out;
  int64_t heads;

  /// `context_rounding`: of what makes keys and values.
  CrossAttention(const weights::WeightView& w, int64_t width, int64_t context_dim, int64_t heads,
                 Rounding context_rounding = Rounding::kNever);
  /// x [B,N,D], context [B,M,context_dim] -> [B,N,D], plus the residual [B,N,D] where there is one. Self-attention
  /// passes x as its own context.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& context, const AttentionHooks* hooks = nullptr,
                     const at::Tensor& residual = {}) const;
  /// The same for a context whose keys and values are kept.
  at::Tensor forward(const at::Tensor& x, KeptContext& context, const at::Tensor& residual) const;
};

/// Where in a U-Net a transformer block attends, and over what map.
struct AttentionPlace {
  int64_t height = 0, width = 0;  // tokens
  int64_t downscale = 1;          // of the map to the latent: 1, 2, 4, 8
  bool is_middle = false;
  const AttentionHooks* hooks = nullptr;  // of this forward pass; null: none
  KeptContext* context = nullptr;         // of this forward pass, which then has no hooks; null: none is kept
};

/// Stands in for the self-attention of a block: (its layer, the tokens x [B,N,D], the same after its norm, the place)
/// -> what is added to x.
using SelfAttention = std::function<at::Tensor(const CrossAttention& layer, const at::Tensor& x,
                                               const at::Tensor& normed, const AttentionPlace& place)>;

/// How a U-Net lets something stand in for the self-attention of all its blocks.
struct AttentionDoor {
  const SelfAttention* stand_in = nullptr;  // null: the layers themselves
  const AttentionHooks* hooks = nullptr;    // null: none
  KeptContext* context = nullptr;           // keeps the keys and values of this pass's context; null: not kept
  int64_t latent_height = 0;
  bool is_middle = false;
};

/// Feed-forward layer with a gated GELU, four times as wide inside.
struct FeedForward {
  Linear expand, contract;

  FeedForward(const weights::WeightView& w, int64_t width);
  /// x, residual [B,N,D] -> [B,N,D].
  at::Tensor forward(const at::Tensor& x, const at::Tensor& residual) const;
};

/// Self-attention, cross-attention, feed-forward, each with its own norm and residual (Rombach et al. 2022).
struct TransformerBlock {
  CrossAttention attn1, attn2;
  FeedForward ff;
  LayerNorm norm1, norm2, norm3;

  TransformerBlock(const weights::WeightView& w, int64_t width, int64_t context_dim, int64_t heads);
  at::Tensor forward(at::Tensor x, const at::Tensor& context, const SelfAttention* stand_in = nullptr,
                     const AttentionPlace& place = {}) const;
};

/// The same linear map at every pixel of a feature map, which files keep as a 1x1 convolution or as a matrix.
using PixelProjection = std::variant<Conv2d, Linear>;

/// Transformer blocks over the pixels of a feature map, between two projections.
struct SpatialTransformer {
  GroupNorm norm;
  PixelProjection proj_in, proj_out;
  std::vector<TransformerBlock> blocks;

  struct Config {
    int64_t channels = 0;
    int64_t context_dim = 0;
    int64_t heads = 0;
    int64_t depth = 0;
    bool has_linear_projections = false;
  };
  SpatialTransformer(const weights::WeightView& w, const Config& config);
  /// x [B,C,H,W], context [B,M,context_dim] -> [B,C,H,W].
  at::Tensor forward(const at::Tensor& x, const at::Tensor& context, const AttentionDoor& door = {}) const;
};

}  // namespace fude::nn
