#pragma once

#include <ATen/ATen.h>

#include <array>
#include <string_view>
#include <vector>

namespace fude::merging {

enum class MergeMethod {
  kNoInterpolation,  // A
  kWeightedSum,      // A (1 - alpha) + B alpha
  kAddDifference,    // A + (B - C) alpha
  kTrainDifference,  // A + (B - C) 1.8 alpha |A - B| / (|A - B| + |B - C|), element by element
  kSumTwice,         // (A (1 - alpha) + B alpha) (1 - beta) + C beta
  kTripleSum,        // A (1 - alpha - beta) + B alpha + C beta
  kCosine,           // B (1 - k) + A k, k from how alike A and B are; see CosineScale
};

struct MergeMethodEntry {
  std::string_view id;  // on the command line and in the recipe: "weighted-sum"
  MergeMethod method;
  int parents;  // 1: A, 2: A and B, 3: A, B and C
  bool takes_beta;
  std::string_view help;
};

/// Sources: checkpoint merger of web UI 1.10; SuperMerger for all from train difference on.
inline constexpr std::array kMergeMethods{
    MergeMethodEntry{"weighted-sum", MergeMethod::kWeightedSum, 2, false, "A(1-a) + B a"},
    MergeMethodEntry{"add-difference", MergeMethod::kAddDifference, 3, false, "A + (B-C) a"},
    MergeMethodEntry{"train-difference", MergeMethod::kTrainDifference, 3, false,
                     "A + (B-C) a, more where A is far from B"},
    MergeMethodEntry{"sum-twice", MergeMethod::kSumTwice, 3, true, "(A(1-a) + B a)(1-b) + C b"},
    MergeMethodEntry{"triple-sum", MergeMethod::kTripleSum, 3, true, "A(1-a-b) + B a + C b"},
    MergeMethodEntry{"cosine", MergeMethod::kCosine, 2, false, "A where the models are alike, B where they differ"},
    MergeMethodEntry{"no-interpolation", MergeMethod::kNoInterpolation, 1, false, "A"},
};

/// Throws Error(kInvalidArgument) with the nearest name.
const MergeMethodEntry& find_merge_method(std::string_view id);

/// Overwrites `a` (float) with the merge of tensors of one shape; those that the method does not take may be undefined.
/// Not for kCosine.
void merge_into(at::Tensor& a, const at::Tensor& b, const at::Tensor& c, MergeMethod method, double alpha, double beta);

/// Sums from which follows how alike two tensors of one shape are: their columns (along dimension 0) and the whole.
class CosineSums {
 public:
  /// Rows of both, in any type.
  void add(const at::Tensor& a, const at::Tensor& b);

  /// [columns], fp32; NaN where a column is all zeros.
  at::Tensor of_columns() const;
  at::Tensor of_whole() const;

 private:
  at::Tensor products_, squares_a_, squares_b_;  // [columns]
};

/// What counts as alike in two models: the range of their columns' cosines, without the lowest and the highest
/// hundredth.
class CosineScale {
 public:
  void add(const CosineSums& tensor);

  /// Call once, after the last add().
  void finish();

  /// A's share in each column, 0..1: the mean of the column's cosine and the whole tensor's, measured on the range,
  /// less alpha.
  at::Tensor share_of_a(const CosineSums& tensor, double alpha) const;

 private:
  std::vector<float> cosines_;
  double lowest_ = 0, highest_ = 1;
};

/// Overwrites rows `a` (float) with B (1 - share) + A share.
void merge_by_share(at::Tensor& a, const at::Tensor& b, const at::Tensor& share);

}  // namespace fude::merging
