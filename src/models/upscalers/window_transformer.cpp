#include "models/upscalers/window_transformer.h"

#include <vector>

#include "core/error.h"
#include "ops/window_attention.h"

namespace fude::models {
namespace {

constexpr int64_t kLargestWindow = 64;

at::Tensor rolled(const at::Tensor& tokens, int64_t by) { return by == 0 ? tokens : tokens.roll({by, by}, {1, 2}); }

at::Tensor position_bias(const weights::WeightView& w, int64_t heads, const WindowGrid& grid) {
  const int64_t positions = (2 * grid.height - 1) * (2 * grid.width - 1);
  return bias_from_table(w.take("relative_position_bias_table", {positions, heads}), relative_positions(grid));
}

}  // namespace

WindowPlan rolled_plan(const WindowGrid& grid, int64_t height, int64_t width, at::Device device) {
  const int64_t roll = grid.height / 2;
  if (roll == 0) return {.grid = grid, .roll = 0, .regions = {}};
  return {.grid = grid, .roll = roll, .regions = rolled_regions(grid, height, width, roll, roll).to(device)};
}

WindowAttention::WindowAttention(const weights::WeightView& w, int64_t channels, int64_t heads, const WindowGrid& grid,
                                 bool has_qkv_bias)
    : qkv(w / "qkv", channels, 3 * channels, has_qkv_bias),
      proj(w / "proj", channels, channels),
      bias(position_bias(w, heads, grid)),
      heads(heads) {}

at::Tensor WindowAttention::forward(const at::Tensor& tokens, const WindowPlan& plan) const {
  const at::Tensor windows = cut_into_windows(rolled(tokens, -plan.roll), plan.grid);
  const std::vector<at::Tensor> parts = qkv.forward(windows).chunk(3, -1);
  at::Tensor regions = plan.regions;
  if (regions.defined() && tokens.size(0) > 1) regions = regions.repeat({tokens.size(0), 1});
  const at::Tensor seen =
      ops::window_attention(parts[0], parts[1], parts[2], {.heads = heads, .bias = bias, .regions = regions});
  return rolled(join_windows(proj.forward(seen), plan.grid, tokens.size(1), tokens.size(2)), plan.roll).contiguous();
}

Mlp::Mlp(const weights::WeightView& w, int64_t channels, int64_t hidden)
    : fc1(w / "fc1", channels, hidden), fc2(w / "fc2", hidden, channels) {}

at::Tensor Mlp::forward(const at::Tensor& x) const {
  return fc2.forward(fc1.forward(x, {.activation = ops::LinearActivation::kGelu}));
}

at::Tensor bias_from_table(const at::Tensor& table, const at::Tensor& positions) {
  const at::Tensor rows = table.to(at::kFloat).index_select(0, positions.flatten().to(table.device()));
  return rows.view({positions.size(0), positions.size(1), table.size(1)}).permute({2, 0, 1}).contiguous();
}

int64_t window_side(const weights::TensorIndex& index, const std::string& key) {
  const int64_t rows = weights::size_of(index, key, 0);
  for (int64_t side = 1; side <= kLargestWindow; ++side) {
    if ((2 * side - 1) * (2 * side - 1) == rows) return side;
  }
  fail(ErrorCode::kUnsupportedModel, "tensor '{}' has {} rows, expected those of a window of 1 to {} tokens a side",
       printable(key), rows, kLargestWindow);
}

void require_heads(int64_t channels, int64_t heads) {
  if (heads < 1 || channels < 1 || channels % heads != 0) {
    fail(ErrorCode::kUnsupportedModel, "the upscaler has {} channels and {} attention heads, expected a multiple",
         channels, heads);
  }
}

}  // namespace fude::models
