#include "nn/transformer.h"

#include <gtest/gtest.h>

#include "tests/support/golden.h"

namespace fude::nn {
namespace {

/// Hands out random tensors.
class RandomSource : public weights::TensorSource {
 public:
  at::Tensor take(const std::string&, at::IntArrayRef shape) override { return at::randn(shape) * 0.3; }
};

class AttentionWithHooks : public ::testing::Test {
 protected:
  AttentionWithHooks() { at::manual_seed(1); }

  RandomSource source_;
  CrossAttention layer_{weights::WeightView(source_), 8, 6, 2};
  at::Tensor x_ = at::randn({2, 5, 8}), context_ = at::randn({2, 7, 6});
};

TEST_F(AttentionWithHooks, IsPlainWithoutAny) {
  const AttentionHooks none;
  EXPECT_TRUE(at::equal(layer_.forward(x_, context_, &none), layer_.forward(x_, context_)));
}

TEST_F(AttentionWithHooks, MakesKeysAndValuesFromWhatTheHookGives) {
  const at::Tensor for_keys = at::randn({2, 7, 6}), for_values = at::randn({2, 7, 6});
  const AttentionHooks hooks{.key_value_sources = [&](const at::Tensor& context) {
    EXPECT_TRUE(at::equal(context, context_));
    return std::pair(for_keys, for_values);
  }};
  const auto heads = [](const at::Tensor& rows) { return rows.reshape({2, rows.size(1), 2, 4}).transpose(1, 2); };
  const at::Tensor scores =
      heads(layer_.to_q.forward(x_)).matmul(heads(layer_.to_k.forward(for_keys)).transpose(2, 3)) / 2.0;
  const at::Tensor mixed = at::softmax(scores, -1).matmul(heads(layer_.to_v.forward(for_values)));
  const at::Tensor expected = layer_.to_out.forward(mixed.transpose(1, 2).reshape({2, 5, 8}));
  EXPECT_TRUE(tests::close_to(layer_.forward(x_, context_, &hooks), expected, 1e-5));
}

TEST_F(AttentionWithHooks, ReachesBothAttentionsOfABlock) {
  const TransformerBlock block(weights::WeightView(source_), 8, 6, 2);
  std::vector<int64_t> widths;
  const AttentionHooks hooks{.key_value_sources = [&](const at::Tensor& context) {
    widths.push_back(context.size(2));
    return std::pair(context, context);
  }};
  const at::Tensor plain = block.forward(x_, context_);
  EXPECT_TRUE(at::equal(block.forward(x_, context_, nullptr, {.height = 1, .width = 5, .hooks = &hooks}), plain));
  EXPECT_EQ(widths, (std::vector<int64_t>{8, 6}));
}

}  // namespace
}  // namespace fude::nn
