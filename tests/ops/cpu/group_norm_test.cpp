#include "ops/cpu/group_norm.h"

#include <gtest/gtest.h>

#include <tuple>

#include "tests/support/compute_threads.h"
#include "tests/support/golden.h"

namespace fude::ops::cpu {
namespace {

using tests::close_to;

struct Results {
  at::Tensor output, input_gradient, weight_gradient, bias_gradient;
};

template <typename Norm>
Results run(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& gradient,
            const Norm& norm) {
  const at::Tensor x = input.clone().requires_grad_();
  const at::Tensor w = weight.clone().requires_grad_(), b = bias.clone().requires_grad_();
  const at::Tensor y = norm(x, w, b);
  y.backward(gradient.to(y.scalar_type()));
  return {y.detach().to(at::kFloat), x.grad().to(at::kFloat), w.grad(), b.grad()};
}

using Case = std::tuple<at::ScalarType, Activation, std::int64_t, std::int64_t>;
class GroupNormGrid : public testing::TestWithParam<Case> {};

TEST_P(GroupNormGrid, AgreesWithTheReferenceForwardAndBackward) {
  const auto [type, activation, channels, batch] = GetParam();
  at::manual_seed(1);
  // A mean far from zero: sums that cancel badly would show.
  const at::Tensor x = (at::randn({batch, channels, 9, 7}) * 2 + 30).to(type);
  const at::Tensor weight = at::randn({channels}), bias = at::randn({channels});
  const at::Tensor gradient = at::randn(x.sizes()).to(type);
  const Results ours = run(x, weight, bias, gradient, [&](const auto& a, const auto& w, const auto& b) {
    return group_norm(a, w, b, {.groups = 32, .epsilon = 1e-6, .activation = activation});
  });
  const Results reference = run(x.to(at::kDouble), weight.to(at::kDouble), bias.to(at::kDouble), gradient,
                                [&](const auto& a, const auto& w, const auto& b) {
                                  const at::Tensor y = at::group_norm(a, 32, w, b, 1e-6);
                                  return activation == Activation::kSilu ? at::silu(y) : y;
                                });
  // bfloat16 rounds a value of several times the rms to 2^-8 of itself, and the gradient passes through it twice.
  const double tolerance = type == at::kFloat ? 2e-5 : 3e-2;
  EXPECT_TRUE(close_to(ours.output, reference.output, tolerance));
  EXPECT_TRUE(close_to(ours.input_gradient, reference.input_gradient, 2.5 * tolerance));
  EXPECT_TRUE(close_to(ours.weight_gradient, reference.weight_gradient.to(at::kFloat), 2e-5));
  EXPECT_TRUE(close_to(ours.bias_gradient, reference.bias_gradient.to(at::kFloat), 2e-5));
}

INSTANTIATE_TEST_SUITE_P(Shapes, GroupNormGrid,
                         testing::Combine(testing::Values(at::kFloat, at::kBFloat16),
                                          testing::Values(Activation::kNone, Activation::kSilu),
                                          testing::Values(64, 96, 320), testing::Values(1, 3)));

TEST(GroupNorm, KeepsTypeAndTakesAnyMemoryOrder) {
  const at::Tensor x = at::randn({2, 64, 4, 6});
  const at::Tensor weight = at::ones({64}), bias = at::zeros({64});
  const at::Tensor plain = group_norm(x, weight, bias, {});
  const at::Tensor last = group_norm(x.contiguous(at::MemoryFormat::ChannelsLast), weight, bias, {});
  EXPECT_TRUE(at::equal(plain, last));
  EXPECT_EQ(group_norm(x.to(at::kBFloat16), weight, bias, {}).scalar_type(), at::kBFloat16);
}

// Several blocks of pixels and a rest, and a batch whose pictures must not see each other.
TEST(GroupNorm, OfAPictureDependsNeitherOnThreadsNorOnTheBatch) {
  at::manual_seed(4);
  const at::Tensor weight = at::randn({128}), bias = at::randn({128});
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const at::Tensor x = (at::randn({3, 128, 41, 67}) * 2 + 5).to(type).contiguous(at::MemoryFormat::ChannelsLast);
    const auto run = [&](int threads, const at::Tensor& input) {
      const tests::ComputeThreads guard(threads);
      return group_norm(input, weight, bias, {.groups = 32, .activation = Activation::kSilu});
    };
    const at::Tensor alone = run(1, x);
    EXPECT_TRUE(alone.equal(run(3, x)));
    EXPECT_TRUE(alone.narrow(0, 1, 1).equal(run(2, x.narrow(0, 1, 1))));
    const at::Tensor exact =
        at::silu(at::group_norm(x.to(at::kDouble), 32, weight.to(at::kDouble), bias.to(at::kDouble)));
    EXPECT_TRUE(close_to(alone.to(at::kDouble), exact, type == at::kFloat ? 5e-6 : 5e-2));
  }
}

TEST(GroupNormParts, AgreeWithTheReferenceOnBandsOfAPicture) {
  at::manual_seed(5);
  const at::Tensor scale = at::randn({96}), shift = at::randn({96});
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const at::Tensor whole = (at::randn({1, 96, 60, 31}) + 20).to(type).contiguous(at::MemoryFormat::ChannelsLast);
    const at::Tensor band = whole.narrow(2, 7, 41);
    const ChannelMoments moments = channel_moments(band);
    const at::Tensor pixels = band.to(at::kDouble).permute({1, 0, 2, 3}).flatten(1);
    EXPECT_TRUE(close_to(moments.mean, pixels.mean(1), 1e-6));
    EXPECT_TRUE(close_to(moments.variance, pixels.var(1, /*unbiased=*/false), 1e-5));
    const auto of = [](const at::Tensor& factors) { return factors.to(at::kDouble).view({1, -1, 1, 1}); };
    const at::Tensor exact = at::silu(band.to(at::kDouble) * of(scale) + of(shift));
    EXPECT_TRUE(close_to(affine_silu(band, scale, shift).to(at::kDouble), exact, type == at::kFloat ? 1e-5 : 5e-2));
  }
}

TEST(GroupNorm, RefersWhatItCannotDoToTheReference) {
  EXPECT_FALSE(can_group_norm(at::zeros({2, 64, 4})));
  EXPECT_FALSE(can_group_norm(at::zeros({0, 64, 4, 4})));
  EXPECT_FALSE(can_group_norm(at::zeros({1, 64, 4, 4}, at::kDouble)));
  EXPECT_TRUE(can_group_norm(at::zeros({1, 64, 4, 4})));
}

}  // namespace
}  // namespace fude::ops::cpu
