// misfit() of adapter_layout.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/adapters/adapter_layout.h"

namespace fude::models {
namespace {

using ::testing::HasSubstr;

AdapterModule module_of(const weights::TensorIndex& parts) {
  weights::TensorIndex index;
  for (const auto& [part, shape] : parts) index.emplace("lora_unet_x." + part, shape);
  AdapterLayout layout = read_adapter_layout(index);
  EXPECT_EQ(layout.modules.size(), 1u);
  return layout.modules.at(0);
}

TEST(Misfit, AcceptsMatricesForPointwiseConvolutionsAndBack) {
  const auto flat = module_of({{"lora_up.weight", {8, 2}}, {"lora_down.weight", {2, 6}}});
  EXPECT_EQ(misfit(flat, std::vector<int64_t>{8, 6, 1, 1}), "");
  const auto deep = module_of({{"lora_up.weight", {8, 2, 1, 1}}, {"lora_down.weight", {2, 6, 1, 1}}});
  EXPECT_EQ(misfit(deep, std::vector<int64_t>{8, 6}), "");
}

TEST(Misfit, NamesFactorsThatDoNotMeet) {
  const auto module = module_of({{"lora_up.weight", {8, 3}}, {"lora_down.weight", {2, 6}}});
  EXPECT_THAT(misfit(module, std::vector<int64_t>{8, 6}), HasSubstr("factors of rank 3 and 2"));
}

TEST(Misfit, RefusesAHugeOrEmptyRank) {
  const auto huge = module_of({{"lora_up.weight", {8, 1 << 20}}, {"lora_down.weight", {1 << 20, 6}}});
  EXPECT_THAT(misfit(huge, std::vector<int64_t>{8, 6}), HasSubstr("rank 1048576"));
  const auto none = module_of({{"lora_up.weight", {8, 0}}, {"lora_down.weight", {0, 6}}});
  EXPECT_THAT(misfit(none, std::vector<int64_t>{8, 6}), HasSubstr("rank 0"));
}

TEST(Misfit, ChecksEveryPartsShape) {
  using Index = weights::TensorIndex;
  const std::vector<int64_t> linear = {8, 6}, conv = {8, 6, 3, 3}, norm = {8};
  const Index lora = {{"lora_up.weight", {8, 2}}, {"lora_down.weight", {2, 6}}};
  const auto with = [](Index index, const Index& more) {
    index.insert(more.begin(), more.end());
    return index;
  };
  const std::vector<std::pair<Index, std::vector<int64_t>>> misfits = {
      {with(lora, {{"alpha", {2}}}), linear},
      {with(lora, {{"dora_scale", {1, 7}}}), linear},
      {with(lora, {{"lora_mid.weight", {2, 2, 3, 3}}}), linear},
      {{{"diff", {7, 6}}}, linear},
      {{{"diff", {8, 6}}, {"diff_b", {9}}}, linear},
      {{{"w_norm", {8}}, {"b_norm", {7}}}, norm},
      {{{"w_norm", {8}}}, {8, 1}},
      {{{"weight", {7}}, {"on_input", {}}}, linear},
      {{{"hada_w1_a", {8, 2}}, {"hada_w1_b", {2, 6}}, {"hada_w2_a", {8, 2}}, {"hada_w2_b", {3, 6}}}, linear},
      {{{"hada_w1_a", {2, 8}},
        {"hada_w1_b", {2, 6}},
        {"hada_t1", {2, 2, 3, 2}},
        {"hada_w2_a", {8, 2}},
        {"hada_w2_b", {2, 54}}},
       conv},
      {{{"lokr_w1", {2, 2}}, {"lokr_w2", {4, 4}}}, linear},
      {{{"lokr_w1", {0, 2}}, {"lokr_w2", {4, 3}}}, linear},
      {{{"a1.weight", {2, 6}}, {"a2.weight", {6, 2}}, {"b1.weight", {2, 6}}, {"b2.weight", {7, 2}}}, linear},
      {{{"oft_blocks", {3, 4, 4}}}, linear},
      {{{"oft_blocks", {2, 4, 3}}}, linear},
      {{{"oft_blocks", {3, 2, 4, 4}}}, linear},
      {{{"oft_blocks", {2, 4, 4}}, {"rescale", {7}}}, linear},
  };
  for (const auto& [index, shape] : misfits) {
    EXPECT_NE(misfit(module_of(index), shape), "") << index.begin()->first << " " << index.rbegin()->first;
  }
  EXPECT_NE(misfit(module_of(lora), std::vector<int64_t>{}), "");
  EXPECT_EQ(misfit(module_of(lora), linear), "");
}

}  // namespace
}  // namespace fude::models
