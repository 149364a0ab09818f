#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fude::io {

/// How the elements of a stored tensor are encoded (little-endian). The types from kF8E4M3 on are packed: read into
/// numbers of 32 bits when a tensor is handed out (packed_type.h); kQ40 is what ggml calls Q4_0, and so on. kOther: a
/// type Fude only lists, such as U64.
enum class TensorType {
  kF64,
  kF32,
  kF16,
  kBF16,
  kI64,
  kI32,
  kI16,
  kI8,
  kU8,
  kBool,
  kF8E4M3,
  kF8E5M2,
  kQ40,
  kQ41,
  kQ50,
  kQ51,
  kQ80,
  kQ2K,
  kQ3K,
  kQ4K,
  kQ5K,
  kQ6K,
  kOther
};

/// The type of a safetensors name such as "BF16"; kOther for a name Fude does not compute with.
TensorType tensor_type(std::string_view name);

/// The safetensors name of a type. Precondition: type is neither kOther nor one of ggml's.
std::string_view type_name(TensorType type);

/// Bits one element takes, also for the types Fude only lists; nothing for a name that is not known at all.
std::optional<int> bits_per_element(std::string_view type_name);

/// One tensor as it lies in a file: a view, with every number already checked against the file.
struct TensorRecord {
  TensorType type = TensorType::kOther;
  std::string type_name;             // as in the file: "F16"
  std::vector<int64_t> shape;        // each >= 0; their product fits an int64
  std::vector<int64_t> strides;      // in elements, one per dimension, each >= 0
  std::span<const std::byte> bytes;  // from the first element to beyond the last
  std::vector<float> scales = {};    // factors of a packed type: none, one, or one for each index of dimension 0

  /// How many elements there are (1 for a scalar).
  int64_t element_count() const;
};

/// What a reader found in a file.
struct TensorListing {
  std::map<std::string, TensorRecord> tensors;
  std::map<std::string, std::string> metadata;
  std::vector<std::vector<std::byte>> unpacked;  // memory behind records whose data is compressed in the file
};

/// The product of a shape's dimensions, or nothing if a dimension is negative or the product of the dimensions other
/// than 0 is beyond an int64 (so that strides fit one, too).
std::optional<int64_t> checked_product(std::span<const int64_t> shape);

/// The strides of a row-major tensor without gaps.
std::vector<int64_t> row_major_strides(std::span<const int64_t> shape);

/// "[320, 4, 3, 3]", for messages.
std::string shape_text(std::span<const int64_t> shape);

}  // namespace fude::io
