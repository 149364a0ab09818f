#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "training/painter/character.h"

namespace fude::judge {

/// The right answer of a group that a picture does not show: it is neither learned nor scored.
inline constexpr std::int64_t kNotShown = -100;

/// The right answer for every attribute group, in the order of the table.
std::vector<std::int64_t> targets_of(const painter::Character& character);

/// Which of the targets, int64 [B, groups], belong to pictures without flaws: bool [B].
at::Tensor is_good(const at::Tensor& targets);

/// Groups with their numbers of answers.
std::vector<std::int64_t> answer_counts();

}  // namespace fude::judge
