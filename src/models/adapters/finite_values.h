#pragma once

#include <ATen/ATen.h>

#include <string>

namespace fude::models {

/// Whether none of the values is infinite or no number: a single one of those, in a file that somebody trained too
/// hard, would blacken every picture.
bool is_finite(const at::Tensor& tensor);

/// Throws Error(kCorruptFile) that names the tensor `key` and the file when it has such a value.
void require_finite(const at::Tensor& tensor, const std::string& key, const std::string& file);

}  // namespace fude::models
