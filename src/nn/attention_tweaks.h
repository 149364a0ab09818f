#pragma once

#include <ATen/ATen.h>

#include <memory>

#include "nn/transformer.h"

namespace fude::nn {

/// What a run may change about the self-attention of a U-Net's transformer blocks; nothing is on by default.
struct AttentionTweaks {
  /// Token merging, Bolya and Hoffman 2023 (arXiv:2303.17604): the share (0..1) of the tokens that are merged into the
  /// most similar of a 2x2 grid before the attention of blocks at the latent's own size. One in four always stays.
  double merge_ratio = 0;
  /// HyperTile (Tfernd 2023): in blocks down to 1 / 2^tile_depth of the latent's size, attention stays within tiles of
  /// about `tile_size` tokens a side at the latent's own size; 0: off. Maps that do not divide into tiles stay whole.
  int64_t tile_size = 0;
  int tile_depth = 3;
  /// Perturbed attention, Ahn et al. 2024 (arXiv:2403.17377): in the middle block every token attends to itself only.
  bool is_middle_identity = false;
  /// Filled with how much each token of the middle block is attended to, summed over queries and averaged over heads,
  /// [N,1,H,W] fp32; null: not computed.
  std::shared_ptr<at::Tensor> middle_map = nullptr;

  bool are_on() const { return merge_ratio > 0 || tile_size > 0 || is_middle_identity || middle_map != nullptr; }
};

/// The self-attention that these tweaks make of a block's own; empty when none is on.
SelfAttention tweaked_self_attention(const AttentionTweaks& tweaks);

/// The largest part of `length` that divides it evenly and is at most `largest`; at least 1.
int64_t tile_length(int64_t length, int64_t largest);

/// Which tokens of an HxW grid are merged into which, by their similarity. For one forward pass of one block.
class TokenMerging {
 public:
  /// tokens [B,H*W,D]; `ratio` in 0..1.
  TokenMerging(const at::Tensor& tokens, int64_t height, int64_t width, double ratio);

  /// x [B,H*W,D] -> [B,n,D]: those kept, and the grid's with the mean of what is merged into each.
  at::Tensor merge(const at::Tensor& x) const;
  /// x [B,n,D] -> [B,H*W,D], every merged token with the value of the one it was merged into.
  at::Tensor unmerge(const at::Tensor& x) const;

 private:
  at::Tensor grid_, others_;           // places of the grid's tokens [G] and of all others [S]
  at::Tensor kept_, merged_, target_;  // rows of others_ [B,S-r] and [B,r], and rows of grid_ [B,r] they go to
};

}  // namespace fude::nn
