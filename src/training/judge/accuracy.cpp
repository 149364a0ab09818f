#include "training/judge/accuracy.h"

#include <cmath>
#include <limits>

#include "training/judge/targets.h"

namespace fude::judge {
namespace {

/// Mean of the groups' accuracies for which take(group) holds.
template <typename Take>
double mean_over(const Accuracy& accuracy, Take take) {
  double sum = 0;
  int count = 0;
  const auto groups = painter::attribute_groups();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!take(groups[i]) || accuracy.shown(i) == 0) continue;
    sum += accuracy.of_group(i);
    ++count;
  }
  return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

Accuracy::Accuracy() : right_(painter::attribute_groups().size()), shown_(right_.size()) {}

void Accuracy::add(const at::Tensor& answers, const at::Tensor& targets) {
  const at::Tensor is_shown = targets.ne(kNotShown);
  const at::Tensor right = answers.eq(targets).sum(0), shown = is_shown.sum(0);
  for (std::size_t i = 0; i < right_.size(); ++i) {
    right_[i] += right[static_cast<std::int64_t>(i)].item<std::int64_t>();
    shown_[i] += shown[static_cast<std::int64_t>(i)].item<std::int64_t>();
  }
}

double Accuracy::of_group(std::size_t group) const {
  return static_cast<double>(right_.at(group)) / static_cast<double>(shown_.at(group));
}

double Accuracy::of_subject(painter::Subject subject) const {
  return mean_over(*this, [=](const painter::AttributeGroup& group) { return group.subject == subject; });
}

double Accuracy::mean() const {
  return mean_over(*this, [](const painter::AttributeGroup&) { return true; });
}

}  // namespace fude::judge
