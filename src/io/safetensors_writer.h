#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/platform/atomic_file.h"

namespace fude::io {

/// Writes a .safetensors file, all or nothing (core/platform/atomic_file.h). Tensors of any device and stride keep
/// their type; they are ordered by falling element size, then name, and the data begins at a multiple of 64 bytes,
/// so a reader can use every tensor in place. The same content gives the same bytes.
/// Throws Error: kInvalidArgument (a type that cannot be stored, text that is not UTF-8, a tensor called
/// "__metadata__", an unwritable place), kNotFound (no such folder), kOutOfResources (disk full).
void write_safetensors(const std::filesystem::path& path, const std::map<std::string, at::Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

/// One tensor of a file that is yet to be written.
struct PlannedTensor {
  std::string name;
  at::ScalarType type = at::kFloat;
  std::vector<int64_t> shape;
};

/// Writes such a file tensor by tensor, so that they need not all be in memory at once. What is said of
/// write_safetensors() holds here, too. Without commit() nothing is left behind.
class SafetensorsStream {
 public:
  SafetensorsStream(const std::filesystem::path& path, std::vector<PlannedTensor> tensors,
                    const std::map<std::string, std::string>& metadata);

  /// The tensors in the order in which they must be written.
  const std::vector<PlannedTensor>& tensors() const { return tensors_; }

  /// The next elements of the current tensor: all of it, or rows of it (parts along dimension 0), in its type.
  void write(const at::Tensor& part);

  /// Call once, after the last element.
  void commit();

 private:
  std::vector<PlannedTensor> tensors_;
  platform::AtomicFile file_;
  std::size_t missing_ = 0;  // bytes
};

}  // namespace fude::io
