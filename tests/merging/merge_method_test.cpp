#include "merging/merge_method.h"

#include <gmock/gmock.h>

#include "core/error.h"

namespace fude::merging {
namespace {

at::Tensor numbers(std::vector<float> values) { return at::tensor(values); }

std::vector<float> merged(MergeMethod method, double alpha, double beta = 0) {
  at::Tensor a = numbers({1, 2, -4});
  merge_into(a, numbers({3, 2, 4}), numbers({-1, 5, 2}), method, alpha, beta);
  return {a.data_ptr<float>(), a.data_ptr<float>() + a.numel()};
}

using testing::ElementsAre;
using testing::FloatNear;

TEST(MergeInto, FollowsTheFormulas) {
  EXPECT_THAT(merged(MergeMethod::kWeightedSum, 0.25), ElementsAre(1.5, 2, -2));
  EXPECT_THAT(merged(MergeMethod::kAddDifference, 0.5), ElementsAre(3, 0.5, -3));
  EXPECT_THAT(merged(MergeMethod::kSumTwice, 0.5, 0.5), ElementsAre(0.5, 3.5, 1));
  EXPECT_THAT(merged(MergeMethod::kTripleSum, 0.5, 0.25), ElementsAre(1.5, 2.75, 1.5));
  EXPECT_THAT(merged(MergeMethod::kNoInterpolation, 0.5), ElementsAre(1, 2, -4));
}

TEST(MergeInto, TrainsWhereTheModelIsFar) {
  // |A-B| = 2, 0, 8 and |B-C| = 4, 3, 2: shares 1/3, 0, 4/5 of B-C = 4, -3, 2, times 1.8.
  EXPECT_THAT(merged(MergeMethod::kTrainDifference, 1),
              ElementsAre(FloatNear(3.4F, 1e-5F), 2, FloatNear(-1.12F, 1e-5F)));
  at::Tensor same = numbers({1, 2});
  merge_into(same, numbers({1, 2}), numbers({1, 2}), MergeMethod::kTrainDifference, 1, 0);
  EXPECT_TRUE(same.equal(numbers({1, 2})));
}

TEST(MergeInto, TakesHalfPrecisionParents) {
  at::Tensor a = numbers({1});
  merge_into(a, numbers({2}).to(at::kHalf), {}, MergeMethod::kWeightedSum, 0.5, 0);
  EXPECT_EQ(a.item<float>(), 1.5F);
}

at::Tensor merged_by_cosine(const at::Tensor& a, const at::Tensor& b, double alpha) {
  CosineSums sums;
  sums.add(a, b);
  CosineScale scale;
  scale.add(sums);
  scale.finish();
  at::Tensor result = a.clone();
  merge_by_share(result, b, scale.share_of_a(sums, alpha));
  return result;
}

TEST(CosineScale, KeepsAWhereModelsAreAlike) {
  // Columns: (1,0) with (1,0) and (1,1) with (1,-1): cosines 1 and 0. The whole tensors' cosine is 1/3, so A's share is
  // 2/3 in the first column and 1/6 in the second.
  const at::Tensor a = numbers({1, 1, 0, 1}).view({2, 2}), b = numbers({1, 1, 0, -1}).view({2, 2});
  const at::Tensor expected = numbers({1, 1, 0, -1.0F + 2.0F / 6}).view({2, 2});
  EXPECT_TRUE(merged_by_cosine(a, b, 0).allclose(expected, 1e-5, 1e-5));
  EXPECT_TRUE(merged_by_cosine(a, b, 1).equal(b));
}

TEST(CosineScale, SurvivesEqualAndEmptyColumns) {
  const at::Tensor zeros = at::zeros({3, 2});
  EXPECT_TRUE(merged_by_cosine(zeros, zeros, 0.5).equal(zeros));
}

TEST(CosineSums, AddUpOverRows) {
  const at::Tensor a = at::rand({6, 5, 2}), b = at::rand({6, 5, 2});
  CosineSums whole, parts;
  whole.add(a, b);
  parts.add(a.narrow(0, 0, 2), b.narrow(0, 0, 2));
  parts.add(a.narrow(0, 2, 4), b.narrow(0, 2, 4));
  EXPECT_TRUE(parts.of_columns().allclose(whole.of_columns(), 1e-5, 1e-6));
  EXPECT_NEAR(parts.of_whole().item<double>(), whole.of_whole().item<double>(), 1e-6);
}

TEST(FindMergeMethod, NamesTheNearest) {
  EXPECT_EQ(find_merge_method("triple-sum").method, MergeMethod::kTripleSum);
  try {
    find_merge_method("weigthed-sum");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'weighted-sum'"));
  }
}

}  // namespace
}  // namespace fude::merging
