#include <gtest/gtest.h>

#include "core/error.h"
#include "ops/conv_weights.h"
#include "ops/linear_weights.h"
#include "ops/resize.h"
#include "ops/seamless.h"
#include "tests/support/golden.h"

namespace fude::ops {
namespace {

using Gate = LinearWeights::Gate;

/// Packed layers against the same ones with plain tensors.
class PackedWeights : public testing::TestWithParam<at::ScalarType> {
 protected:
  void SetUp() override {
    if (!packs(type(), at::kCPU)) GTEST_SKIP() << "no kernels for this processor";
    at::manual_seed(7);
  }

  at::ScalarType type() const { return GetParam(); }
  double tolerance() const { return type() == at::kFloat ? 2e-6 : 2e-2; }

  /// What `packed` gives in its type against what `plain` gives in fp32 of the same rounded numbers.
  void expect_same(const at::Tensor& packed, const at::Tensor& plain) const {
    EXPECT_EQ(packed.scalar_type(), type());
    ASSERT_EQ(packed.sizes(), plain.sizes());
    EXPECT_TRUE(tests::close_to(packed.to(at::kFloat), plain, tolerance() * plain.abs().max().item<double>()));
  }

  at::Tensor numbers(at::IntArrayRef shape) const { return at::randn(shape).to(type()); }
};

template <typename Weights>
struct Both {
  Weights packed, plain;
};

template <typename Weights, typename How>
Both<Weights> packed_and_plain(How how, const at::Tensor& weight, const at::Tensor& bias, at::ScalarType type) {
  Both<Weights> both{Weights(how), Weights(how)};
  both.packed.pack_weight(weight, type);
  both.plain.hold_weight(weight.to(at::kFloat));
  if (bias.defined()) {
    both.packed.hold_bias(bias);
    both.plain.hold_bias(bias.to(at::kFloat));
  }
  return both;
}

TEST_P(PackedWeights, OfALinearLayerGiveWhatPlainOnesGive) {
  for (const int64_t in : {1, 7, 64}) {
    const auto [packed, plain] =
        packed_and_plain<LinearWeights>(Gate::kNone, numbers({40, in}) / 4, at::randn({40}, at::kHalf), type());
    const at::Tensor x = numbers({2, 5, in}), residual = numbers({2, 5, 40});
    for (const LinearActivation activation :
         {LinearActivation::kNone, LinearActivation::kGelu, LinearActivation::kQuickGelu}) {
      expect_same(packed.forward(x, {.activation = activation, .residual = residual}),
                  plain.forward(x.to(at::kFloat), {.activation = activation, .residual = residual.to(at::kFloat)}));
    }
  }
}

TEST_P(PackedWeights, OfALinearLayerTakeWhatLiesAcross) {
  const auto [packed, plain] = packed_and_plain<LinearWeights>(Gate::kNone, numbers({6, 8}), {}, type());
  const at::Tensor x = numbers({3, 8, 4}).transpose(1, 2);
  expect_same(packed.forward(x), plain.forward(x.to(at::kFloat)));
  EXPECT_EQ(packed.forward(x.narrow(0, 0, 0)).sizes(), at::IntArrayRef({0, 4, 6}));
}

TEST_P(PackedWeights, OfAGatedLayerGiveHalfTheWidth) {
  const auto [packed, plain] =
      packed_and_plain<LinearWeights>(Gate::kGeglu, numbers({80, 12}) / 3, numbers({80}), type());
  const at::Tensor x = numbers({9, 12});
  EXPECT_EQ(packed.forward(x).size(-1), 40);
  expect_same(packed.forward(x), plain.forward(x.to(at::kFloat)));
}

TEST_P(PackedWeights, OfAConvolutionGiveWhatPlainOnesGive) {
  for (const ConvOptions options : {ConvOptions{.stride = 1, .padding = 1}, ConvOptions{.stride = 2, .padding = 1}}) {
    for (const bool is_seamless : {false, true}) {
      const SeamlessConvolutions seamless(is_seamless);
      const auto [packed, plain] =
          packed_and_plain<ConvWeights>(options, numbers({33, 34, 3, 3}) / 17, numbers({33}), type());
      const at::Tensor x = numbers({2, 34, 6, 7}), shift = numbers({2, 33});
      const at::Tensor expected = plain.forward(x.to(at::kFloat), {.shift = shift.to(at::kFloat)});
      const at::Tensor found = packed.forward(x, {.shift = shift});
      expect_same(found, expected);
      EXPECT_TRUE(found.is_contiguous(at::MemoryFormat::ChannelsLast));
      expect_same(packed.forward(x, {.shift = shift, .is_rectified = true}), at::relu(expected));
      const at::Tensor residual = numbers(expected.sizes());
      expect_same(packed.forward(x, {.shift = shift, .residual = residual}), expected + residual.to(at::kFloat));
    }
  }
}

TEST_P(PackedWeights, OfAConvolutionSeeAnEnlargedPicture) {
  const auto [packed, plain] = packed_and_plain<ConvWeights>(ConvOptions{.stride = 1, .padding = 1},
                                                             numbers({33, 34, 3, 3}) / 17, numbers({33}), type());
  const at::Tensor x = numbers({2, 34, 5, 4});
  expect_same(packed.forward_enlarged(x), plain.forward_enlarged(x.to(at::kFloat)));
  EXPECT_TRUE(at::equal(packed.forward_enlarged(x), packed.forward(upsample_nearest_2x(x))));
}

TEST_P(PackedWeights, OfABiasThatComesFirstAreTheSame) {
  const at::Tensor weight = numbers({8, 8}), bias = numbers({8}), x = numbers({3, 8});
  LinearWeights before, after;
  before.hold_bias(bias);
  before.pack_weight(weight, type());
  after.pack_weight(weight, type());
  after.hold_bias(bias);
  EXPECT_TRUE(at::equal(before.forward(x), after.forward(x)));
}

TEST_P(PackedWeights, CountAsLongAsTheyLive) {
  const std::size_t before = cpu::packed_weights_bytes();
  const auto taken = [&] { return cpu::packed_weights_bytes() - before; };
  const cpu::PackedFormat format = packed_format(type());
  const std::size_t linear_bytes = cpu::PackedMatrix(format, 64, 40).bytes();
  const std::size_t conv_bytes = cpu::PackedMatrix(format, 9 * 64, 32).bytes();
  EXPECT_GE(linear_bytes, static_cast<std::size_t>(64 * 40 * format.weight_bytes()));
  EXPECT_EQ(taken(), 0u);
  {
    LinearWeights linear;
    linear.pack_weight(numbers({40, 64}), type());
    EXPECT_EQ(taken(), linear_bytes);
    linear.pack_weight(numbers({40, 64}), type());  // as when a LoRA patches it
    EXPECT_EQ(taken(), linear_bytes);
    ConvWeights conv({.stride = 2, .padding = 1});
    conv.pack_weight(numbers({32, 64, 3, 3}), type());
    EXPECT_EQ(taken(), linear_bytes + conv_bytes);
    const LinearWeights moved = std::move(linear);
    EXPECT_EQ(taken(), linear_bytes + conv_bytes);
  }
  EXPECT_EQ(taken(), 0u);
}

TEST_P(PackedWeights, RefuseWhatDoesNotFit) {
  const auto [linear, plain_linear] = packed_and_plain<LinearWeights>(Gate::kNone, numbers({6, 8}), {}, type());
  EXPECT_THROW(linear.forward(numbers({3, 9})), Error);
  EXPECT_THROW(linear.forward(at::randn({3, 8}, at::kFloat).requires_grad_()), Error);
  const auto [conv, plain_conv] = packed_and_plain<ConvWeights>(ConvOptions{.stride = 1, .padding = 0},
                                                                numbers({6, 8, 3, 3}), numbers({6}), type());
  EXPECT_THROW(conv.forward(numbers({1, 7, 5, 5})), Error);
  EXPECT_THROW(conv.forward(numbers({1, 8, 2, 5})), Error);
}

INSTANTIATE_TEST_SUITE_P(Types, PackedWeights, testing::Values(at::kFloat, at::kBFloat16),
                         [](const auto& info) { return std::string(at::toString(info.param)); });

}  // namespace
}  // namespace fude::ops
