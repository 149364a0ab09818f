#include "io/tensor_record.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace fude::io {
namespace {

struct TypeEntry {
  std::string_view name;
  TensorType type;
  int bits;
};

// https://github.com/huggingface/safetensors: the format's list of types.
constexpr std::array kTypes{
    TypeEntry{"F64", TensorType::kF64, 64},       TypeEntry{"F32", TensorType::kF32, 32},
    TypeEntry{"F16", TensorType::kF16, 16},       TypeEntry{"BF16", TensorType::kBF16, 16},
    TypeEntry{"I64", TensorType::kI64, 64},       TypeEntry{"I32", TensorType::kI32, 32},
    TypeEntry{"I16", TensorType::kI16, 16},       TypeEntry{"I8", TensorType::kI8, 8},
    TypeEntry{"U8", TensorType::kU8, 8},          TypeEntry{"BOOL", TensorType::kBool, 8},
    TypeEntry{"U64", TensorType::kOther, 64},     TypeEntry{"U32", TensorType::kOther, 32},
    TypeEntry{"U16", TensorType::kOther, 16},     TypeEntry{"C64", TensorType::kOther, 64},
    TypeEntry{"F8_E4M3", TensorType::kF8E4M3, 8}, TypeEntry{"F8_E5M2", TensorType::kF8E5M2, 8},
    TypeEntry{"F8_E8M0", TensorType::kOther, 8},  TypeEntry{"F4", TensorType::kOther, 4},
};

}  // namespace

TensorType tensor_type(std::string_view name) {
  const auto found = std::ranges::find(kTypes, name, &TypeEntry::name);
  return found == kTypes.end() ? TensorType::kOther : found->type;
}

std::string_view type_name(TensorType type) { return std::ranges::find(kTypes, type, &TypeEntry::type)->name; }

std::optional<int> bits_per_element(std::string_view type_name) {
  const auto found = std::ranges::find(kTypes, type_name, &TypeEntry::name);
  if (found == kTypes.end()) return std::nullopt;
  return found->bits;
}

int64_t TensorRecord::element_count() const { return checked_product(shape).value_or(0); }

std::optional<int64_t> checked_product(std::span<const int64_t> shape) {
  int64_t product = 1;
  for (const int64_t size : shape) {
    // A zero must not hide an overflow beside it: strides are products too.
    if (size < 0 || __builtin_mul_overflow(product, std::max<int64_t>(size, 1), &product)) return std::nullopt;
  }
  return std::ranges::count(shape, 0) > 0 ? 0 : product;
}

std::vector<int64_t> row_major_strides(std::span<const int64_t> shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * std::max<int64_t>(shape[i], 1);
  return strides;
}

std::string shape_text(std::span<const int64_t> shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

}  // namespace fude::io
