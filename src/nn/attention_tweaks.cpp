#include "nn/attention_tweaks.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace fude::nn {
namespace {

constexpr int64_t kGridStride = 2;

at::Tensor rows_of(const at::Tensor& x, const at::Tensor& rows) {
  return x.gather(1, rows.unsqueeze(-1).expand({-1, -1, x.size(2)}));
}

/// Attention within tiles of the place's map.
at::Tensor attend_in_tiles(const CrossAttention& layer, const at::Tensor& x, const AttentionPlace& place,
                           int64_t tile_size) {
  const int64_t largest = std::max<int64_t>(1, tile_size / place.downscale);
  const int64_t rows = tile_length(place.height, largest), columns = tile_length(place.width, largest);
  const int64_t down = place.height / rows, across = place.width / columns;
  const int64_t batch = x.size(0), width = x.size(2);
  if (down * across == 1) return layer.forward(x, x, place.hooks);
  const at::Tensor tiles = x.reshape({batch, down, rows, across, columns, width})
                               .permute({0, 1, 3, 2, 4, 5})
                               .reshape({batch * down * across, rows * columns, width});
  return layer.forward(tiles, tiles, place.hooks)
      .reshape({batch, down, across, rows, columns, width})
      .permute({0, 1, 3, 2, 4, 5})
      .reshape({batch, place.height * place.width, width});
}

/// How much each token is attended to: the attention of all queries, summed, the mean over heads. [B,1,H,W]
at::Tensor attention_map(const CrossAttention& layer, const at::Tensor& x, const AttentionPlace& place) {
  const int64_t batch = x.size(0), tokens = x.size(1), depth = x.size(2) / layer.heads;
  const auto split = [&](const at::Tensor& rows) {
    return rows.to(at::kFloat).reshape({batch, tokens, layer.heads, depth}).transpose(1, 2);
  };
  const at::Tensor for_keys = key_value_sources(place.hooks, x).first;
  const at::Tensor scores = split(layer.to_q.forward(x)).matmul(split(layer.to_k.forward(for_keys)).transpose(2, 3));
  const at::Tensor attention = at::softmax(scores / std::sqrt(static_cast<double>(depth)), -1);
  return attention.mean(1).sum(1).reshape({batch, 1, place.height, place.width});
}

}  // namespace

int64_t tile_length(int64_t length, int64_t largest) {
  int64_t tile = std::clamp<int64_t>(largest, 1, length);
  while (length % tile != 0) --tile;
  return tile;
}

TokenMerging::TokenMerging(const at::Tensor& tokens, int64_t height, int64_t width, double ratio) {
  std::vector<int64_t> grid, others;
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      // A grid cell that the edge cuts has no token of its own.
      const bool is_whole = y - y % kGridStride + kGridStride <= height && x - x % kGridStride + kGridStride <= width;
      const bool is_corner = y % kGridStride == 0 && x % kGridStride == 0;
      (is_whole && is_corner ? grid : others).push_back(y * width + x);
    }
  }
  const auto places = [&](const std::vector<int64_t>& list) { return at::tensor(list, at::kLong).to(tokens.device()); };
  grid_ = places(grid);
  others_ = places(others);
  const auto wanted = static_cast<int64_t>(static_cast<double>(height * width) * std::clamp(ratio, 0.0, 1.0));
  const int64_t count = grid.empty() ? 0 : std::min(wanted, others_.size(0));

  const at::Tensor metric = tokens.to(at::kFloat);
  const at::Tensor unit = metric / metric.norm(2, -1, true).clamp_min(1e-12);
  const at::Tensor similarity = unit.index_select(1, others_).matmul(unit.index_select(1, grid_).transpose(1, 2));
  if (count == 0) {
    kept_ = at::arange(others_.size(0), others_.options()).expand({tokens.size(0), -1});
    merged_ = target_ = at::empty({tokens.size(0), 0}, others_.options());
    return;
  }
  const auto [best, nearest] = similarity.max(-1);
  const at::Tensor order = best.argsort(-1, /*descending=*/true);
  merged_ = order.narrow(1, 0, count);
  kept_ = order.narrow(1, count, order.size(1) - count);
  target_ = nearest.gather(1, merged_);
}

at::Tensor TokenMerging::merge(const at::Tensor& x) const {
  const at::Tensor others = x.index_select(1, others_);
  const at::Tensor sources = rows_of(others, merged_);
  const at::Tensor where = target_.unsqueeze(-1).expand_as(sources);
  const at::Tensor sum = x.index_select(1, grid_).scatter_add(1, where, sources);
  const at::Tensor counts =
      at::ones({x.size(0), grid_.size(0)}, x.options()).scatter_add(1, target_, at::ones(target_.sizes(), x.options()));
  return at::cat({rows_of(others, kept_), sum / counts.unsqueeze(-1)}, 1);
}

at::Tensor TokenMerging::unmerge(const at::Tensor& x) const {
  const int64_t kept = kept_.size(1);
  const at::Tensor grid = x.narrow(1, kept, grid_.size(0));
  at::Tensor others = at::empty({x.size(0), others_.size(0), x.size(2)}, x.options());
  const auto put = [&](const at::Tensor& rows, const at::Tensor& values) {
    others.scatter_(1, rows.unsqueeze(-1).expand_as(values), values);
  };
  put(kept_, x.narrow(1, 0, kept));
  put(merged_, rows_of(grid, target_));
  at::Tensor all = at::empty({x.size(0), grid_.size(0) + others_.size(0), x.size(2)}, x.options());
  all.index_copy_(1, grid_, grid);
  all.index_copy_(1, others_, others);
  return all;
}

SelfAttention tweaked_self_attention(const AttentionTweaks& tweaks) {
  if (!tweaks.are_on()) return {};
  return [tweaks](const CrossAttention& layer, const at::Tensor& x, const at::Tensor& normed,
                  const AttentionPlace& place) {
    if (place.is_middle && tweaks.middle_map) *tweaks.middle_map = attention_map(layer, normed, place);
    if (place.is_middle && tweaks.is_middle_identity)
      return layer.to_out.forward(layer.to_v.forward(key_value_sources(place.hooks, normed).second));
    if (tweaks.tile_size > 0 && place.downscale <= (int64_t{1} << tweaks.tile_depth))
      return attend_in_tiles(layer, normed, place, tweaks.tile_size);
    if (tweaks.merge_ratio > 0 && place.downscale == 1) {
      const TokenMerging merging(x, place.height, place.width, tweaks.merge_ratio);
      const at::Tensor few = merging.merge(normed);
      return merging.unmerge(layer.forward(few, few, place.hooks));
    }
    return layer.forward(normed, normed, place.hooks);
  };
}

}  // namespace fude::nn
