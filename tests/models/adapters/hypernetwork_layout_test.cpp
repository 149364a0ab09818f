#include "models/adapters/hypernetwork_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/refusal.h"

namespace fude::models {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

weights::TensorIndex two_layers() {
  return {{"6.0.linear.0.weight", {12, 6}}, {"6.0.linear.0.bias", {12}},       {"6.0.linear.2.weight", {12}},  // a norm
          {"6.0.linear.2.bias", {12}},      {"6.0.linear.10.weight", {6, 12}}, {"6.0.linear.10.bias", {6}}};
}

TEST(HypernetworkLayout, FollowsTheNumbersOfTheModules) {
  const HypernetworkLayout layout = read_hypernetwork_layout(two_layers(), {{"activation_func", "linear"}}, "f");
  ASSERT_EQ(layout.sides.size(), 1u);
  const HypernetworkSides& sides = layout.sides.at(6);
  EXPECT_THAT(sides.values, IsEmpty());
  ASSERT_EQ(sides.keys.size(), 2u);
  EXPECT_EQ(sides.keys[0].weight, "6.0.linear.0.weight");
  EXPECT_EQ(sides.keys[0].norm_bias, "6.0.linear.2.bias");
  EXPECT_EQ(sides.keys[1].weight, "6.0.linear.10.weight");
  EXPECT_EQ(sides.keys[1].norm_weight, "");
  EXPECT_EQ(layout.activation, "");
  EXPECT_TRUE(layout.activates_output);
  EXPECT_FALSE(read_hypernetwork_layout(two_layers(), {{"activate_output", "false"}}, "f").activates_output);
}

TEST(HypernetworkLayout, RefusesLayersThatDoNotFollowOnEachOther) {
  const auto refusal = [](const std::string& name, const std::vector<int64_t>& shape) {
    weights::TensorIndex index = two_layers();
    index[name] = shape;
    return tests::refusal(ErrorCode::kCorruptFile, [&] { read_hypernetwork_layout(index, {}, "f"); });
  };
  EXPECT_THAT(refusal("6.0.linear.10.weight", {6, 11}), HasSubstr("shape [6, 11], expected [6, 12]"));
  EXPECT_THAT(refusal("6.0.linear.2.weight", {11}), HasSubstr("shape [11], expected [12]"));
  EXPECT_THAT(refusal("6.0.linear.0.weight", {500, 6}), HasSubstr("a layer of 500 values for a width of 6"));
  EXPECT_THAT(refusal("6.0.linear.0.weight", {2, 3, 2}), HasSubstr("a layer of 3 dimensions"));
  EXPECT_THAT(refusal("6.0.linear.11.weight", {6, 6}), HasSubstr("a layer without bias"));
}

TEST(HypernetworkLayout, RefusesWhatIsNoHypernetwork) {
  for (const char* name : {"6.0.linear.0.other", "6.2.linear.0.weight", "-6.0.linear.0.weight", "6.0.linear0.weight",
                           "99999999999999999999.0.linear.0.weight", "6", ""}) {
    EXPECT_THAT(tests::refusal(ErrorCode::kUnsupportedModel,
                               [&] {
                                 read_hypernetwork_layout({{name, {6, 6}}}, {}, "f");
                               }),
                HasSubstr("expected a hypernetwork"))
        << name;
  }
}

}  // namespace
}  // namespace fude::models
