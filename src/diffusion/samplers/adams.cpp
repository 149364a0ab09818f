#include "diffusion/samplers/adams.h"

#include <cmath>

namespace fude::diffusion {

at::Tensor adams_mean(const std::deque<at::Tensor>& slopes) {
  if (slopes.size() == 1) return slopes[0];
  if (slopes.size() == 2) return (slopes[0] * 3 - slopes[1]) / 2;
  if (slopes.size() == 3) return (slopes[0] * 23 - slopes[1] * 16 + slopes[2] * 5) / 12;
  return (slopes[0] * 55 - slopes[1] * 59 + slopes[2] * 37 - slopes[3] * 9) / 24;
}

double adams_coefficient(std::span<const double> sigmas, int index, int order, int node) {
  const auto level = [&](int back) { return sigmas[static_cast<std::size_t>(index - back)]; };
  const double start = level(0), end = level(-1);
  double sum = 0.0;
  // Two-point Gauss quadrature, exact up to the third degree.
  for (const double place : {-1.0 / std::sqrt(3.0), 1.0 / std::sqrt(3.0)}) {
    const double at = (start + end) / 2 + (end - start) / 2 * place;
    double product = 1.0;
    for (int other = 0; other < order; ++other) {
      if (other != node) product *= (at - level(other)) / (level(node) - level(other));
    }
    sum += product;
  }
  return sum * (end - start) / 2;
}

at::Tensor adams_step(std::span<const double> sigmas, int index, const std::deque<at::Tensor>& slopes) {
  const int order = static_cast<int>(slopes.size());
  at::Tensor step = at::zeros_like(slopes.front());
  for (int node = 0; node < order; ++node)
    step = step + slopes[static_cast<std::size_t>(node)] * adams_coefficient(sigmas, index, order, node);
  return step;
}

}  // namespace fude::diffusion
