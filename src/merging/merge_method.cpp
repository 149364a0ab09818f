#include "merging/merge_method.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/nearest_name.h"

namespace fude::merging {
namespace {

constexpr double kTrainStrength = 1.8;

/// A tensor as [first dimension, the rest]; a row of numbers is one column.
at::Tensor as_columns(const at::Tensor& tensor) {
  return tensor.dim() == 0 ? tensor.reshape({1, 1}) : tensor.reshape({tensor.size(0), -1});
}

at::Tensor column_cosines(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor dot = (a * b).sum(0), lengths = a.norm(2, 0) * b.norm(2, 0);
  return dot / lengths;
}

at::Tensor train_difference(const at::Tensor& a, const at::Tensor& b, const at::Tensor& c) {
  const at::Tensor from_a = (a - b).abs_(), from_c = (b - c).abs_();
  const at::Tensor share = at::where(from_a + from_c > 0, from_a / (from_a + from_c), at::zeros_like(from_a));
  return share.mul_(b - c).mul_(kTrainStrength);
}

}  // namespace

const MergeMethodEntry& find_merge_method(std::string_view id) {
  const auto found = std::ranges::find(kMergeMethods, id, &MergeMethodEntry::id);
  if (found != kMergeMethods.end()) return *found;
  std::vector<std::string_view> ids;
  for (const MergeMethodEntry& entry : kMergeMethods) ids.push_back(entry.id);
  fail(ErrorCode::kInvalidArgument, "unknown merge method '{}'{}", printable(id, 60), did_you_mean(id, ids));
}

void merge_into(at::Tensor& a, const at::Tensor& b, const at::Tensor& c, MergeMethod method, double alpha,
                double beta) {
  switch (method) {
    case MergeMethod::kNoInterpolation:
    case MergeMethod::kCosine: return;
    case MergeMethod::kWeightedSum: a.mul_(1 - alpha).add_(b, alpha); return;
    case MergeMethod::kAddDifference: a.add_(b, alpha).sub_(c, alpha); return;
    case MergeMethod::kTrainDifference: a.add_(train_difference(a, b, c), alpha); return;
    case MergeMethod::kSumTwice: a.mul_(1 - alpha).add_(b, alpha).mul_(1 - beta).add_(c, beta); return;
    case MergeMethod::kTripleSum: a.mul_(1 - alpha - beta).add_(b, alpha).add_(c, beta); return;
  }
}

void CosineScale::add(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor cosines = column_cosines(as_columns(a), as_columns(b)).contiguous();
  const float* values = cosines.data_ptr<float>();
  std::copy_if(values, values + cosines.numel(), std::back_inserter(cosines_),
               [](float value) { return !std::isnan(value); });
}

void CosineScale::finish() {
  if (cosines_.empty()) return;
  std::ranges::sort(cosines_);
  const std::size_t hundredth = cosines_.size() / 100;
  lowest_ = cosines_[hundredth];
  highest_ = cosines_[cosines_.size() - 1 - hundredth];
  cosines_ = {};
}

void CosineScale::merge_into(at::Tensor& a, const at::Tensor& b, double alpha) const {
  const at::Tensor columns_a = as_columns(a), columns_b = as_columns(b);
  const at::Tensor whole = (columns_a * columns_b).sum() / (columns_a.norm() * columns_b.norm());
  at::Tensor k = (column_cosines(columns_a, columns_b) + whole) / 2;
  // Models that are alike everywhere have no range: A then.
  k = highest_ > lowest_ ? (k - lowest_) / (highest_ - lowest_) : at::ones_like(k);
  k = (k - alpha).clamp_(0, 1).nan_to_num_(0);  // a column of zeros has no direction
  at::Tensor difference = columns_a - columns_b;
  a.copy_((difference.mul_(k)).add_(columns_b).reshape(a.sizes()));
}

}  // namespace fude::merging
