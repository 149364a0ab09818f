#include "tests/support/golden.h"

#include <fstream>
#include <limits>
#include <stdexcept>

namespace fude::tests {

std::filesystem::path golden_path(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(FUDE_GOLDEN_DIR) / name;
  if (!std::filesystem::exists(path)) throw std::runtime_error("golden file is missing: " + path.string());
  return path;
}

nlohmann::json golden_json(const std::string& name) {
  std::ifstream file(golden_path(name));
  return nlohmann::json::parse(file);
}

io::TensorFile golden_tensors(const std::string& name) { return io::TensorFile::open(golden_path(name)); }

double max_difference(const at::Tensor& actual, const at::Tensor& expected) {
  if (actual.sizes() != expected.sizes()) return std::numeric_limits<double>::infinity();
  const double error = (actual.to(at::kDouble) - expected.to(at::kDouble)).abs().max().item<double>();
  return error == error ? error : std::numeric_limits<double>::infinity();
}

double rms_relative(const at::Tensor& actual, const at::Tensor& expected) {
  if (actual.sizes() != expected.sizes()) return std::numeric_limits<double>::infinity();
  const at::Tensor a = actual.to(at::kDouble), e = expected.to(at::kDouble);
  const double error = ((a - e).abs().max() / e.square().mean().sqrt()).item<double>();
  return error == error ? error : std::numeric_limits<double>::infinity();
}

::testing::AssertionResult close_to(const at::Tensor& actual, const at::Tensor& expected, double tolerance) {
  if (actual.sizes() != expected.sizes()) {
    return ::testing::AssertionFailure() << "shape is " << actual.sizes() << ", expected " << expected.sizes();
  }
  const double error = rms_relative(actual, expected);
  if (error <= tolerance) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "rms-relative error is " << error << ", expected at most " << tolerance;
}

}  // namespace fude::tests
