#pragma once

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "io/tensor_file.h"

/// Reference numbers in tests/golden, and how closeness to them is measured.
namespace fude::tests {

/// tests/golden/<name>, which must exist.
std::filesystem::path golden_path(const std::string& name);

nlohmann::json golden_json(const std::string& name);

io::TensorFile golden_tensors(const std::string& name);

/// The largest |actual - expected|; infinite when the shapes differ or a value is not a number.
double max_difference(const at::Tensor& actual, const at::Tensor& expected);

/// max|actual - expected| / rms(expected), the measure the golden tolerances are stated in; infinite when the shapes
/// differ or a value is not a number.
double rms_relative(const at::Tensor& actual, const at::Tensor& expected);

/// Passes when rms_relative(actual, expected) <= tolerance.
::testing::AssertionResult close_to(const at::Tensor& actual, const at::Tensor& expected, double tolerance);

}  // namespace fude::tests
