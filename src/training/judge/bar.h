#pragma once

#include <vector>

#include "training/judge/accuracy.h"

namespace fude::judge {

/// The share of right answers, in [0, 1], that Hajime's pictures are held to; for the other groups, their mean.
double bar_of(painter::Subject subject);

/// Subjects below their bar, in the table's order; those never shown are left out.
std::vector<painter::Subject> below_bar(const Accuracy& accuracy);

}  // namespace fude::judge
