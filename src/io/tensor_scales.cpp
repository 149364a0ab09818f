#include "io/tensor_scales.h"

#include <array>
#include <cmath>
#include <cstring>

#include "core/error.h"
#include "io/half_float.h"

namespace fude::io {
namespace {

constexpr std::string_view kWeight = ".weight";
constexpr std::array<std::string_view, 2> kScaleNames = {".scale_weight", ".weight_scale"};
constexpr std::array<std::string_view, 3> kHints = {".scale_input", ".input_scale", ".comfy_quant"};
constexpr std::string_view kMark = "scaled_fp8";

bool has_8_bit_type(const TensorRecord& record) {
  return record.type == TensorType::kF8E4M3 || record.type == TensorType::kF8E5M2;
}

template <typename Number>
Number number_at(std::span<const std::byte> bytes, std::size_t index) {
  Number number;
  std::memcpy(&number, bytes.data() + index * sizeof(Number), sizeof(Number));
  return number;
}

/// The element as a float; precondition: the type is one of the three.
float element(const TensorRecord& record, std::size_t index) {
  if (record.type == TensorType::kF16) return float_from_half(number_at<uint16_t>(record.bytes, index));
  if (record.type == TensorType::kBF16) return float_from_bfloat16(number_at<uint16_t>(record.bytes, index));
  return number_at<float>(record.bytes, index);
}

std::vector<float> checked_scales(const TensorRecord& scale, const TensorRecord& weight, const std::string& name,
                                  std::string_view file_name) {
  const auto where = [&] { return fmt::format("'{}': scale '{}'", printable(file_name), printable(name)); };
  const bool is_float =
      scale.type == TensorType::kF32 || scale.type == TensorType::kF16 || scale.type == TensorType::kBF16;
  if (!is_float) {
    fail(ErrorCode::kCorruptFile, "{} has type {}, expected F32, F16 or BF16", where(), printable(scale.type_name));
  }
  const int64_t count = scale.element_count();
  const int64_t rows = weight.shape.empty() ? 1 : weight.shape.front();
  if (count != 0 && count != 1 && count != rows) {
    fail(ErrorCode::kCorruptFile, "{} has {} elements, expected 1 or the {} rows of its weight", where(), count, rows);
  }
  std::vector<float> scales;
  for (int64_t i = 0; i < count; ++i) {
    scales.push_back(element(scale, static_cast<std::size_t>(i)));
    if (!std::isfinite(scales.back())) {
      fail(ErrorCode::kCorruptFile, "{} has the element {}, expected finite numbers", where(), scales.back());
    }
  }
  return scales;
}

void erase_hints(TensorListing& listing, const std::string& module) {
  for (const std::string_view hint : kHints) listing.tensors.erase(module + std::string(hint));
}

void erase_marks(TensorListing& listing) {
  std::erase_if(listing.tensors, [](const auto& entry) {
    const auto& [name, record] = entry;
    const bool is_mark = name == kMark || (name.ends_with(kMark) && name[name.size() - kMark.size() - 1] == '.');
    return is_mark && has_8_bit_type(record);
  });
}

}  // namespace

void attach_scales(TensorListing& listing, std::string_view file_name) {
  erase_marks(listing);
  std::vector<std::string> modules;
  for (const auto& [name, record] : listing.tensors) {
    if (!has_8_bit_type(record) || !name.ends_with(kWeight)) continue;
    modules.push_back(name.substr(0, name.size() - kWeight.size()));
  }
  for (const std::string& module : modules) {
    TensorRecord& weight = listing.tensors.at(module + std::string(kWeight));
    for (const std::string_view suffix : kScaleNames) {
      const std::string name = module + std::string(suffix);
      const auto scale = listing.tensors.find(name);
      if (scale == listing.tensors.end()) continue;
      if (!weight.scales.empty()) {
        fail(ErrorCode::kCorruptFile, "'{}': '{}' has two scales, expected one", printable(file_name),
             printable(module + std::string(kWeight)));
      }
      weight.scales = checked_scales(scale->second, weight, name, file_name);
      listing.tensors.erase(scale);
    }
    erase_hints(listing, module);
  }
}

}  // namespace fude::io
