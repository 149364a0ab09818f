#include "nn/timestep_embedding.h"

#include <cmath>

namespace fude::nn {

at::Tensor timestep_embedding(const at::Tensor& t, int64_t width) {
  const int64_t half = width / 2;
  const at::Tensor exponents = at::arange(half, at::TensorOptions(at::kFloat).device(t.device()));
  const at::Tensor frequencies = at::exp(exponents * -std::log(10000.0) / static_cast<double>(half));
  const at::Tensor angles = t.to(at::kFloat).unsqueeze(1) * frequencies.unsqueeze(0);
  return at::cat({at::cos(angles), at::sin(angles)}, 1);
}

}  // namespace fude::nn
