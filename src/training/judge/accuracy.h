#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "training/painter/character.h"

namespace fude::judge {

/// How often answers were right, group by group.
class Accuracy {
 public:
  Accuracy();

  /// answers and targets: int64 [B, groups]; what is not shown does not count.
  void add(const at::Tensor& answers, const at::Tensor& targets);

  /// Share of right answers in [0, 1]; NaN when the group was never shown.
  double of_group(std::size_t group) const;
  std::int64_t shown(std::size_t group) const { return shown_.at(group); }

  /// Mean over the groups of a subject, and over all groups; groups never shown are left out.
  double of_subject(painter::Subject subject) const;
  double mean() const;

 private:
  std::vector<std::int64_t> right_, shown_;
};

}  // namespace fude::judge
