#pragma once

#include <ATen/ATen.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "io/tensor_record.h"

namespace fude::io {

/// Writes a .safetensors file so that nobody ever sees half of it (core/platform/atomic_file.h). Metadata comes first
/// in the header; tensors lie by falling element size, then by name, the data begins at a multiple of 64 bytes, so
/// every reader can map them in place. The same content gives the same bytes.
/// Throws Error: kInvalidArgument for a type no safetensors file has, for text that is not UTF-8 and for the name
/// "__metadata__"; and what AtomicFile throws.
void write_safetensors(const std::filesystem::path& path, const std::map<std::string, at::Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

/// One tensor of a file that is yet to be written.
struct PlannedTensor {
  std::string name;
  TensorType type = TensorType::kF32;  // any that safetensors has: not ggml's
  std::vector<int64_t> shape;
};

/// Makes the bytes of such a file tensor by tensor, so that they need not all be in memory at once.
class SafetensorsStream {
 public:
  using Sink = std::function<void(std::span<const std::byte>)>;

  /// Throws as write_safetensors() does.
  SafetensorsStream(std::vector<PlannedTensor> tensors, const std::map<std::string, std::string>& metadata);

  /// The tensors in the order in which they must be written.
  const std::vector<PlannedTensor>& tensors() const { return tensors_; }

  /// Of the whole file.
  std::size_t byte_count() const { return header_.size() + data_size_; }

  /// Call once, before the first write(): from here on all bytes go to `sink`.
  void begin(Sink sink);

  /// The next elements of the current tensor: all of it, or rows of it (parts along dimension 0), on any device.
  /// They are converted to the tensor's type.
  void write(const at::Tensor& part);

  /// Call once, after the last element.
  void finish() const;

 private:
  std::vector<PlannedTensor> tensors_;
  std::string header_;
  Sink sink_;
  std::size_t data_size_ = 0, written_ = 0;  // bytes
  std::size_t current_ = 0;                  // tensor
  std::size_t current_left_ = 0;             // bytes of it that are to come
};

}  // namespace fude::io
