#include "merging/merge_method.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/nearest_name.h"

namespace fude::merging {
namespace {

constexpr double kTrainStrength = 1.8;

/// A tensor as [first dimension, the rest]; a list of numbers is one column.
at::Tensor as_columns(const at::Tensor& tensor) {
  return tensor.dim() == 0 ? tensor.reshape({1, 1}) : tensor.reshape({tensor.size(0), -1});
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

void CosineSums::add(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor rows_a = as_columns(a).to(at::kFloat), rows_b = as_columns(b).to(at::kFloat);
  const at::Tensor products = (rows_a * rows_b).sum(0);
  const at::Tensor squares_a = rows_a.square().sum(0), squares_b = rows_b.square().sum(0);
  products_ = products_.defined() ? products_ + products : products;
  squares_a_ = squares_a_.defined() ? squares_a_ + squares_a : squares_a;
  squares_b_ = squares_b_.defined() ? squares_b_ + squares_b : squares_b;
}

at::Tensor CosineSums::of_columns() const { return products_ / (squares_a_.sqrt() * squares_b_.sqrt()); }

at::Tensor CosineSums::of_whole() const {
  return products_.sum() / (squares_a_.sum().sqrt() * squares_b_.sum().sqrt());
}

void CosineScale::add(const CosineSums& tensor) {
  const at::Tensor cosines = tensor.of_columns().contiguous();
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

at::Tensor CosineScale::share_of_a(const CosineSums& tensor, double alpha) const {
  at::Tensor share = (tensor.of_columns() + tensor.of_whole()) / 2;
  // Models that are alike everywhere have no range: A then.
  share = highest_ > lowest_ ? (share - lowest_) / (highest_ - lowest_) : at::ones_like(share);
  return (share - alpha).clamp_(0, 1).nan_to_num_(0);  // a column of zeros has no direction
}

void merge_by_share(at::Tensor& a, const at::Tensor& b, const at::Tensor& share) {
  const at::Tensor rows_a = as_columns(a), rows_b = as_columns(b).to(at::kFloat);
  a.copy_(rows_a.sub(rows_b).mul_(share).add_(rows_b).reshape(a.sizes()));
}

}  // namespace fude::merging
