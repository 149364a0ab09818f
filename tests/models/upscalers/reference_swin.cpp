#include "tests/models/upscalers/reference_swin.h"

#include <algorithm>
#include <cmath>

namespace fude::tests {

void add_swin_block(MadeUpFile& file, const std::string& name, const SwinShape& shape) {
  const int64_t positions = (2 * shape.side - 1) * (2 * shape.side - 1);
  file.add_norm(name + "norm1", shape.channels).add_norm(name + "norm2", shape.channels);
  file.add_linear(name + "attn.qkv", shape.channels, 3 * shape.channels);
  file.add_linear(name + "attn.proj", shape.channels, shape.channels);
  file.add(name + "attn.relative_position_bias_table", {positions, shape.heads}, 1);
  file.put(name + "attn.relative_position_index", at::zeros({2, 2}, at::kLong));
  file.add_linear(name + "mlp.fc1", shape.channels, shape.hidden);
  file.add_linear(name + "mlp.fc2", shape.hidden, shape.channels);
}

at::Tensor swin_attention(const MadeUpFile& file, const std::string& name, const at::Tensor& tokens, int64_t heads,
                          int64_t side, int64_t roll) {
  const int64_t height = tokens.size(0), width = tokens.size(1), channels = tokens.size(2), depth = channels / heads;
  const at::Tensor qkv = linear(file, name + ".qkv", tokens).reshape({height * width, 3 * channels});
  const at::Tensor& table = file[name + ".relative_position_bias_table"];
  std::vector<at::Tensor> seen;
  for (int64_t head = 0; head < heads; ++head) {
    const auto part = [&](int64_t which) { return qkv.narrow(1, which * channels + head * depth, depth); };
    seen.push_back(attention_by_pairs(part(0), part(1), part(2), [&](int64_t i, int64_t j) {
      const int64_t down = i / width, across = i % width, other_down = j / width, other_across = j % width;
      const double rows = window_term(height, side, roll, down, other_down);
      const double columns = window_term(width, side, roll, across, other_across);
      if (std::isinf(rows + columns)) return rows + columns;
      const auto rolled = [&](int64_t at, int64_t length) { return (at - roll + length) % length; };
      const int64_t row = rolled(down, height) - rolled(other_down, height) + side - 1;
      const int64_t column = rolled(across, width) - rolled(other_across, width) + side - 1;
      return table[row * (2 * side - 1) + column][head].item<double>() + std::min(rows, columns);
    }));
  }
  return linear(file, name + ".proj", at::cat(seen, 1)).reshape({height, width, channels});
}

at::Tensor swin_mlp(const MadeUpFile& file, const std::string& name, const at::Tensor& x) {
  return linear(file, name + ".fc2", tests::gelu(linear(file, name + ".fc1", x)));
}

}  // namespace fude::tests
