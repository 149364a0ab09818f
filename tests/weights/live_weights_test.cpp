#include "weights/live_weights.h"

#include <gtest/gtest.h>

#include <array>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "tests/support/temporary_folder.h"
#include "weights/state_dict.h"

namespace fude::weights {
namespace {

constexpr std::array<std::string_view, 1> kAll = {""};

class LiveWeightsTest : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  at::Tensor matrix_ = at::arange(12, at::kFloat).view({4, 3}) / 7;
  at::Tensor kernel_ = at::arange(144, at::kFloat).view({4, 4, 3, 3}) / 11;

  io::TensorFile file(at::ScalarType type = at::kHalf) const {
    const auto path = folder_ / "weights.safetensors";
    io::write_safetensors(path, {{"linear.weight", matrix_.to(type)},
                                 {"linear.bias", at::ones({4}, type)},
                                 {"conv.weight", kernel_.to(type)},
                                 {"conv.bias", at::zeros({4}, type)}});
    return io::TensorFile::open(path);
  }

  static WeightPatch adding(double amount, int* calls = nullptr) {
    return {.id = "add " + std::to_string(amount), .apply = [amount, calls](at::Tensor weight) {
              if (calls != nullptr) ++*calls;
              return weight.add_(amount);
            }};
  }
};

TEST_F(LiveWeightsTest, ChangesTheWeightsThatALayerHolds) {
  StateDict source(file(), at::kFloat);
  const at::Tensor linear = source.take("linear.weight", {4, 3}), conv = source.take("conv.weight", {4, 4, 3, 3});
  LiveWeights live = source.live(kAll);
  const at::Tensor before = conv.clone();
  EXPECT_EQ(live.set_patches({{"linear.weight", {adding(1)}}, {"conv.weight", {adding(2)}}}), 2u);
  EXPECT_TRUE(at::equal(linear, matrix_.to(at::kHalf).to(at::kFloat) + 1));
  EXPECT_TRUE(at::equal(conv, before + 2));
  EXPECT_TRUE(conv.is_contiguous(at::MemoryFormat::ChannelsLast));
}

TEST_F(LiveWeightsTest, TellsWhatKeepsAWeightOfItsOwn) {
  StateDict source(file(), at::kBFloat16);
  std::vector<at::Tensor> told;
  source.keep("linear.weight", {4, 3}, [&](const at::Tensor& tensor, const std::optional<WeightLayout>& layout) {
    ASSERT_TRUE(layout.has_value());
    EXPECT_EQ(layout->type, at::kBFloat16);
    told.push_back(tensor.to(at::kFloat).clone());
  });
  LiveWeights live = source.live(kAll);
  EXPECT_EQ(live.set_patches({{"linear.weight", {adding(1)}}}), 1u);
  EXPECT_EQ(live.set_patches({}), 1u);
  ASSERT_EQ(told.size(), 3u);
  const at::Tensor stored = matrix_.to(at::kHalf).to(at::kFloat);
  EXPECT_TRUE(at::equal(told[0], stored));
  EXPECT_TRUE(at::equal(told[1], stored + 1));
  EXPECT_TRUE(at::equal(told[2], stored));
  EXPECT_THROW(source.keep("linear.weight", {3, 4}, [](const auto&, const auto&) {}), Error);
}

TEST_F(LiveWeightsTest, BringsTheSameBitsBack) {
  for (const at::ScalarType stored : {at::kHalf, at::kFloat}) {
    StateDict source(file(stored), at::kFloat);
    const at::Tensor conv = source.take("conv.weight", {4, 4, 3, 3});
    const at::Tensor before = conv.clone();
    LiveWeights live = source.live(kAll);
    live.set_patches({{"conv.weight", {adding(0.1), adding(1e6)}}});
    EXPECT_FALSE(at::equal(conv, before));
    EXPECT_EQ(live.set_patches({}), 1u);
    EXPECT_TRUE(at::equal(conv, before));
  }
}

TEST_F(LiveWeightsTest, MakesOnlyTensorsAnewWhosePatchesDiffer) {
  StateDict source(file(), at::kFloat);
  const at::Tensor weight = source.take("linear.weight", {4, 3}), bias = source.take("linear.bias", {4});
  LiveWeights live = source.live(kAll);
  int weight_calls = 0, bias_calls = 0;
  live.set_patches({{"linear.weight", {adding(1, &weight_calls)}}, {"linear.bias", {adding(1, &bias_calls)}}});
  EXPECT_EQ(
      live.set_patches({{"linear.weight", {adding(1, &weight_calls)}}, {"linear.bias", {adding(2, &bias_calls)}}}), 1u);
  EXPECT_EQ(weight_calls, 1);
  EXPECT_EQ(bias_calls, 2);
  EXPECT_EQ(bias.min().item<float>(), 3);  // 1 + 2: from the file, not on top of the patch before
}

TEST_F(LiveWeightsTest, ReachesRowsThatALayerHolds) {
  StateDict source(file(), at::kFloat);
  const at::Tensor rows = source.take("linear.weight", {4, 3}).narrow(0, 2, 2);
  const at::Tensor again = source.take("linear.weight", {4, 3}).t();
  const at::Tensor before = rows.clone();
  LiveWeights live = source.live(kAll);
  live.set_patches({{"linear.weight", {adding(1)}}});
  EXPECT_TRUE(at::equal(rows, before + 1));
  EXPECT_TRUE(at::equal(again.t().narrow(0, 2, 2), before + 1));
  live.set_patches({});
  EXPECT_TRUE(at::equal(rows, before));
}

TEST_F(LiveWeightsTest, AppliesPatchesInTheirOrder) {
  StateDict source(file(), at::kFloat);
  const at::Tensor bias = source.take("linear.bias", {4});
  LiveWeights live = source.live(kAll);
  const WeightPatch doubling{.id = "double", .apply = [](at::Tensor weight) { return weight.mul_(2); }};
  live.set_patches({{"linear.bias", {adding(1), doubling}}});
  EXPECT_EQ(bias.min().item<float>(), 4);
  EXPECT_EQ(live.set_patches({{"linear.bias", {doubling, adding(1)}}}), 1u);
  EXPECT_EQ(bias.min().item<float>(), 3);
}

TEST_F(LiveWeightsTest, PassesOverNamesTheModelDoesNotHave) {
  StateDict source(file(), at::kFloat);
  source.take("linear.bias", {4});
  LiveWeights live = source.live(kAll);
  EXPECT_EQ(live.set_patches({{"conv.weight", {adding(1)}}, {"nowhere", {adding(1)}}}), 0u);
}

TEST_F(LiveWeightsTest, KeepsOtherPrefixesOut) {
  StateDict source(file(), at::kFloat);
  source.take("linear.weight", {4, 3});
  EXPECT_TRUE(source.live(kAll).contains("linear.weight"));
  constexpr std::array<std::string_view, 1> kConvolutions = {"conv."};
  EXPECT_FALSE(source.live(kConvolutions).contains("linear.weight"));
}

TEST_F(LiveWeightsTest, LeavesATensorAsItWasWhenItsPatchFails) {
  StateDict source(file(), at::kFloat);
  const at::Tensor bias = source.take("linear.bias", {4});
  LiveWeights live = source.live(kAll);
  const WeightPatch failing{.id = "fail",
                            .apply = [](at::Tensor) -> at::Tensor { fail(ErrorCode::kCorruptFile, "broken"); }};
  EXPECT_THROW(live.set_patches({{"linear.bias", {failing}}}), Error);
  EXPECT_EQ(bias.min().item<float>(), 1);
  EXPECT_EQ(live.set_patches({{"linear.bias", {adding(1)}}}), 1u);
}

}  // namespace
}  // namespace fude::weights
