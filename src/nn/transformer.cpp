#include "nn/transformer.h"

#include "ops/attention.h"

namespace fude::nn {

CrossAttention::CrossAttention(const weights::WeightView& w, int64_t width, int64_t context_dim, int64_t heads,
                               Rounding context_rounding)
    : to_q(w / "to_q", width, width, {.has_bias = false, .rounding = Rounding::kMayBeEightBit}),
      to_k(w / "to_k", context_dim, width, {.has_bias = false, .rounding = context_rounding}),
      to_v(w / "to_v", context_dim, width, {.has_bias = false, .rounding = context_rounding}),
      to_out(w / "to_out" / 0, width, width, {.rounding = Rounding::kMayBeEightBit}),
      heads(heads) {}

std::pair<at::Tensor, at::Tensor> key_value_sources(const AttentionHooks* hooks, const at::Tensor& context) {
  if (hooks == nullptr || !hooks->key_value_sources) return {context, context};
  return hooks->key_value_sources(context);
}

at::Tensor CrossAttention::forward(const at::Tensor& x, const at::Tensor& context, const AttentionHooks* hooks,
                                   const at::Tensor& residual) const {
  const auto [for_keys, for_values] = key_value_sources(hooks, context);
  return to_out.forward(
      ops::attention(to_q.forward(x), to_k.forward(for_keys), to_v.forward(for_values), {.heads = heads}),
      {.residual = residual});
}

at::Tensor CrossAttention::forward(const at::Tensor& x, KeptContext& context, const at::Tensor& residual) const {
  return to_out.forward(ops::attention(to_q.forward(x), context.through(to_k), context.through(to_v), {.heads = heads}),
                        {.residual = residual});
}

FeedForward::FeedForward(const weights::WeightView& w, int64_t width)
    : expand(w / "net" / 0 / "proj", width, 8 * width,
             {.gate = Linear::Gate::kGeglu, .rounding = Rounding::kMayBeEightBit}),
      contract(w / "net" / 2, 4 * width, width, {.rounding = Rounding::kMayBeEightBit}) {}

at::Tensor FeedForward::forward(const at::Tensor& x, const at::Tensor& residual) const {
  return contract.forward(expand.forward(x), {.residual = residual});
}

TransformerBlock::TransformerBlock(const weights::WeightView& w, int64_t width, int64_t context_dim, int64_t heads)
    : attn1(w / "attn1", width, width, heads, Rounding::kMayBeEightBit),
      attn2(w / "attn2", width, context_dim, heads, /*context_rounding=*/Rounding::kNever),  // 77 tokens
      ff(w / "ff", width),
      norm1(w / "norm1", width),
      norm2(w / "norm2", width),
      norm3(w / "norm3", width) {}

at::Tensor TransformerBlock::forward(at::Tensor x, const at::Tensor& context, const SelfAttention* stand_in,
                                     const AttentionPlace& place) const {
  const at::Tensor own = norm1.forward(x);
  x = stand_in != nullptr ? x + (*stand_in)(attn1, x, own, place) : attn1.forward(own, own, place.hooks, x);
  const at::Tensor asking = norm2.forward(x);
  x = place.context != nullptr ? attn2.forward(asking, *place.context, x)
                               : attn2.forward(asking, context, place.hooks, x);
  return ff.forward(norm3.forward(x), x);
}

namespace {

PixelProjection pixel_projection(const weights::WeightView& w, const SpatialTransformer::Config& config) {
  if (config.has_linear_projections) {
    return Linear(w, config.channels, config.channels, {.rounding = Rounding::kMayBeEightBit});
  }
  return Conv2d(w, config.channels, config.channels, kRoundedPointwise);
}

// How often the latent was halved to get to `height`; odd sizes are rounded up.
int64_t downscale_of(int64_t latent_height, int64_t height) {
  int64_t downscale = 1;
  for (int64_t rows = latent_height; rows > height; rows = (rows + 1) / 2) downscale *= 2;
  return downscale;
}

// x [B,C,H,W], best channels-last, which it stays: no copy.
at::Tensor project(const PixelProjection& projection, const at::Tensor& x, const at::Tensor& residual = {}) {
  if (const auto* conv = std::get_if<Conv2d>(&projection)) return conv->forward(x, {.residual = residual});
  const auto pixels = [](const at::Tensor& map) { return map.defined() ? map.permute({0, 2, 3, 1}) : map; };
  return std::get<Linear>(projection).forward(pixels(x), {.residual = pixels(residual)}).permute({0, 3, 1, 2});
}

}  // namespace

SpatialTransformer::SpatialTransformer(const weights::WeightView& w, const Config& config)
    : norm(w / "norm", config.channels, /*eps=*/1e-6),
      proj_in(pixel_projection(w / "proj_in", config)),
      proj_out(pixel_projection(w / "proj_out", config)) {
  for (int64_t i = 0; i < config.depth; ++i) {
    blocks.emplace_back(w / "transformer_blocks" / i, config.channels, config.context_dim, config.heads);
  }
}

at::Tensor SpatialTransformer::forward(const at::Tensor& x, const at::Tensor& context,
                                       const AttentionDoor& door) const {
  const int64_t batch = x.size(0), channels = x.size(1), height = x.size(2), width = x.size(3);
  const AttentionPlace place{.height = height,
                             .width = width,
                             .downscale = downscale_of(door.latent_height, height),
                             .is_middle = door.is_middle,
                             .hooks = door.hooks,
                             .context = door.context};
  at::Tensor h = project(proj_in, norm.forward(x)).permute({0, 2, 3, 1}).reshape({batch, height * width, channels});
  for (const TransformerBlock& block : blocks) h = block.forward(h, context, door.stand_in, place);
  // The permuted tensor is channels-last already: no copy.
  return project(proj_out, h.reshape({batch, height, width, channels}).permute({0, 3, 1, 2}), x);
}

}  // namespace fude::nn
