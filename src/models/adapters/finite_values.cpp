#include "models/adapters/finite_values.h"

#include <cmath>

#include "core/error.h"

namespace fude::models {

bool is_finite(const at::Tensor& tensor) {
  // A sum keeps what is not finite and, in double precision, stays finite otherwise: one pass without a copy.
  return !tensor.is_floating_point() || std::isfinite(tensor.sum(at::kDouble).item<double>());
}

void require_finite(const at::Tensor& tensor, const std::string& key, const std::string& file) {
  if (is_finite(tensor)) return;
  fail(ErrorCode::kCorruptFile, "'{}': tensor '{}' has values that are infinite or no numbers", printable(file),
       printable(key));
}

}  // namespace fude::models
