#pragma once

#include <ATen/ATen.h>

#include <deque>
#include <span>

namespace fude::diffusion {

/// The newest `slopes`, newest first, weighed by the Adams-Bashforth coefficients of equal steps, of order 1 to 4: as
/// many as there are slopes. Throws nothing; there must be at least one and at most four.
at::Tensor adams_mean(const std::deque<at::Tensor>& slopes);

/// The integral over step `index` of the polynomial in sigma that is 1 at level index - node and 0 at the others of the
/// last `order` levels, 1 to 4: the Adams-Bashforth coefficient of uneven steps.
double adams_coefficient(std::span<const double> sigmas, int index, int order, int node);

/// The step of that method: the integral of the polynomial through the newest `slopes`, newest first, over step
/// `index`.
at::Tensor adams_step(std::span<const double> sigmas, int index, const std::deque<at::Tensor>& slopes);

}  // namespace fude::diffusion
