#include "io/gguf_reader.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "core/error.h"
#include "io/byte_reader.h"
#include "io/packed_type.h"

namespace fude::io {
namespace {

constexpr std::string_view kMagic = "GGUF";
constexpr uint64_t kDefaultAlignment = 32;
constexpr uint64_t kMaxKeyBytes = 65535;  // the format's own limit
constexpr uint64_t kMaxNameBytes = 1024;  // as for safetensors; the format's own 64 is not kept by image models
constexpr uint32_t kMaxDimensions = 4;    // ggml has no more
constexpr std::size_t kShownElements = 8;
constexpr std::string_view kOriginalShape = "comfy.gguf.orig_shape.";

struct GgmlType {
  uint32_t id;
  std::string_view name;
  TensorType type;
};

constexpr std::array kTypes{
    GgmlType{0, "F32", TensorType::kF32},   GgmlType{1, "F16", TensorType::kF16},
    GgmlType{2, "Q4_0", TensorType::kQ40},  GgmlType{3, "Q4_1", TensorType::kQ41},
    GgmlType{6, "Q5_0", TensorType::kQ50},  GgmlType{7, "Q5_1", TensorType::kQ51},
    GgmlType{8, "Q8_0", TensorType::kQ80},  GgmlType{10, "Q2_K", TensorType::kQ2K},
    GgmlType{11, "Q3_K", TensorType::kQ3K}, GgmlType{12, "Q4_K", TensorType::kQ4K},
    GgmlType{13, "Q5_K", TensorType::kQ5K}, GgmlType{14, "Q6_K", TensorType::kQ6K},
    GgmlType{24, "I8", TensorType::kI8},    GgmlType{25, "I16", TensorType::kI16},
    GgmlType{26, "I32", TensorType::kI32},  GgmlType{27, "I64", TensorType::kI64},
    GgmlType{28, "F64", TensorType::kF64},  GgmlType{30, "BF16", TensorType::kBF16},
};

/// Bytes and elements of a block; plain types have blocks of one element.
BlockLayout layout_of(TensorType type) {
  if (is_packed(type)) return block_layout(type);
  return {.elements = 1, .bytes = static_cast<std::size_t>(bits_per_element(type_name(type)).value_or(8)) / 8};
}

/// The header, from beginning to end.
class HeaderReader {
 public:
  HeaderReader(std::span<const std::byte> file, std::string_view name)
      : file_(file), subject_(fmt::format("'{}'", printable(name))), reader_(file, subject_) {}

  TensorListing read() {
    const auto [tensor_count, entry_count] = counts();
    for (uint64_t i = 0; i < entry_count; ++i) read_entry();
    for (uint64_t i = 0; i < tensor_count; ++i) read_tensor();
    place_tensors();
    return std::move(listing_);
  }

 private:
  enum class ValueType : uint32_t { kU8, kI8, kU16, kI16, kU32, kI32, kF32, kBool, kString, kArray, kU64, kI64, kF64 };

  /// A tensor whose bytes are not found yet.
  struct Place {
    std::string name;
    uint64_t offset = 0;  // in the data part
    uint64_t size = 0;    // bytes
  };

  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorCode::kCorruptFile, "{} {}", subject_, fmt::format(format, std::forward<Args>(args)...));
  }

  std::pair<uint64_t, uint64_t> counts() {
    reader_.take(kMagic.size());
    const auto version = reader_.number<uint32_t>();
    if (version != 2 && version != 3) {
      const bool is_swapped = version == 0x02000000 || version == 0x03000000;
      refuse("is GGUF version {}, expected 2 or 3{}", version, is_swapped ? " (it is big-endian)" : "");
    }
    const auto tensors = reader_.number<uint64_t>();
    const auto entries = reader_.number<uint64_t>();
    constexpr uint64_t kLeastTensorBytes = 24, kLeastEntryBytes = 13;
    if (tensors > reader_.remaining() / kLeastTensorBytes) {
      refuse("announces {} tensors, expected at most what {} bytes can describe (cut short?)", tensors, file_.size());
    }
    if (entries > reader_.remaining() / kLeastEntryBytes) {
      refuse("announces {} metadata entries, expected at most what {} bytes can hold (cut short?)", entries,
             file_.size());
    }
    return {tensors, entries};
  }

  std::string_view text(uint64_t limit, std::string_view what) {
    const auto length = reader_.number<uint64_t>();
    if (length > limit) refuse("has a {} of {} bytes, expected at most {}", what, length, limit);
    return reader_.text(length);
  }

  void read_entry() {
    const std::string key(text(kMaxKeyBytes, "metadata key"));
    const auto type = reader_.number<uint32_t>();
    std::string value = value_text(static_cast<ValueType>(type), key);
    if (!listing_.metadata.emplace(key, std::move(value)).second) {
      refuse("has the metadata entry '{}' twice", printable(key));
    }
  }

  std::string value_text(ValueType type, const std::string& key) {
    if (type == ValueType::kArray) return array_text(key);
    if (type == ValueType::kString) return std::string(text(reader_.remaining(), "text"));
    if (type == ValueType::kF32) return fmt::to_string(reader_.number<float>());
    if (type == ValueType::kF64) return fmt::to_string(reader_.number<double>());
    if (type == ValueType::kBool) return boolean_text(key);
    const std::optional<int64_t> number = whole_number(type);
    if (!number) {
      refuse("has the type {} for the metadata entry '{}', expected 0 to 12", static_cast<uint32_t>(type),
             printable(key));
    }
    if (key == "general.alignment") set_alignment(type, *number);
    // The largest unsigned numbers would come out negative.
    return type == ValueType::kU64 ? fmt::to_string(static_cast<uint64_t>(*number)) : fmt::to_string(*number);
  }

  std::string boolean_text(const std::string& key) {
    const auto value = reader_.number<uint8_t>();
    if (value > 1) refuse("has {} for the metadata entry '{}', expected 0 or 1", value, printable(key));
    return value == 1 ? "true" : "false";
  }

  std::optional<int64_t> whole_number(ValueType type) {
    switch (type) {
      case ValueType::kU8: return reader_.number<uint8_t>();
      case ValueType::kI8: return reader_.number<int8_t>();
      case ValueType::kU16: return reader_.number<uint16_t>();
      case ValueType::kI16: return reader_.number<int16_t>();
      case ValueType::kU32: return reader_.number<uint32_t>();
      case ValueType::kI32: return reader_.number<int32_t>();
      case ValueType::kU64: return static_cast<int64_t>(reader_.number<uint64_t>());
      case ValueType::kI64: return reader_.number<int64_t>();
      default: return std::nullopt;
    }
  }

  /// "[1, 2, 3]", of a long list the beginning: "[a, b, ... (49408 in all)]".
  std::string array_text(const std::string& key) {
    const auto type = static_cast<ValueType>(reader_.number<uint32_t>());
    const auto count = reader_.number<uint64_t>();
    if (type == ValueType::kArray) refuse("has lists within the metadata entry '{}'", printable(key));
    if (count > reader_.remaining()) {  // every element takes at least a byte
      refuse("has {} elements in the metadata entry '{}', expected at most the {} bytes left", count, printable(key),
             reader_.remaining());
    }
    std::vector<std::string> shown;
    std::vector<int64_t>* const shape = key.starts_with(kOriginalShape) ? &original_shape(key, type, count) : nullptr;
    for (uint64_t i = 0; i < count; ++i) {
      if (shape != nullptr) {
        shape->push_back(*whole_number(type));
        shown.push_back(fmt::to_string(shape->back()));
      } else if (std::string value = value_text(type, key); shown.size() < kShownElements) {
        shown.push_back(std::move(value));
      }
    }
    if (count > shown.size()) shown.push_back(fmt::format("... ({} in all)", count));
    return fmt::format("[{}]", fmt::join(shown, ", "));
  }

  std::vector<int64_t>& original_shape(const std::string& key, ValueType type, uint64_t count) {
    constexpr uint64_t kMost = 16;
    if ((type != ValueType::kI32 && type != ValueType::kU32 && type != ValueType::kI64) || count > kMost) {
      refuse("has {} elements of type {} in '{}', expected at most {} whole numbers", count,
             static_cast<uint32_t>(type), printable(key), kMost);
    }
    return original_shapes_[key.substr(kOriginalShape.size())];
  }

  void set_alignment(ValueType type, int64_t value) {
    const bool is_power = value > 0 && std::has_single_bit(static_cast<uint64_t>(value));
    if (type != ValueType::kU32 || !is_power) {
      refuse("has the alignment {}, expected a power of two of 32 bits", value);
    }
    alignment_ = static_cast<uint64_t>(value);
  }

  void read_tensor() {
    Place place;
    place.name = std::string(text(kMaxNameBytes, "tensor name"));
    const auto dimensions = reader_.number<uint32_t>();
    if (dimensions > kMaxDimensions) {
      refuse("has {} dimensions for tensor '{}', expected at most {}", dimensions, printable(place.name),
             kMaxDimensions);
    }
    std::vector<int64_t> shape(dimensions);
    for (int64_t& size : shape) size = static_cast<int64_t>(reader_.number<uint64_t>());
    std::ranges::reverse(shape);
    const auto type = reader_.number<uint32_t>();
    place.offset = reader_.number<uint64_t>();
    TensorRecord record = checked_record(place.name, type, shape, place.size);
    if (place.offset % alignment_ != 0) {
      refuse("has tensor '{}' at byte {} of the data, expected a multiple of {}", printable(place.name), place.offset,
             alignment_);
    }
    if (!listing_.tensors.emplace(place.name, std::move(record)).second) {
      refuse("lists tensor '{}' twice", printable(place.name));
    }
    places_.push_back(std::move(place));
  }

  /// The record but for its bytes, of which there must be `size`.
  TensorRecord checked_record(const std::string& name, uint32_t type_id, const std::vector<int64_t>& shape,
                              uint64_t& size) const {
    const std::optional<int64_t> count = checked_product(shape);
    if (!count) refuse("has the impossible shape {} for tensor '{}'", shape_text(shape), printable(name));
    const auto type = std::ranges::find(kTypes, type_id, &GgmlType::id);
    TensorRecord record{.type = TensorType::kOther,
                        .type_name = fmt::format("ggml type {}", type_id),
                        .shape = shape,
                        .strides = {},
                        .bytes = {}};
    if (type != kTypes.end()) {
      record.type = type->type;
      record.type_name = std::string(type->name);
      size = checked_size(name, record, *count);
    }
    restore_shape(name, record);
    record.strides = row_major_strides(record.shape);
    return record;
  }

  uint64_t checked_size(const std::string& name, const TensorRecord& record, int64_t count) const {
    const BlockLayout block = layout_of(record.type);
    const auto elements = static_cast<int64_t>(block.elements);
    const int64_t row = record.shape.empty() ? 1 : record.shape.back();
    if (row % elements != 0) {
      refuse("has rows of {} elements for tensor '{}', expected a multiple of {} for {}", row, printable(name),
             elements, record.type_name);
    }
    uint64_t size = 0;
    if (__builtin_mul_overflow(static_cast<uint64_t>(count / elements), block.bytes, &size)) {
      refuse("has the impossible shape {} for tensor '{}'", shape_text(record.shape), printable(name));
    }
    return size;
  }

  void restore_shape(const std::string& name, TensorRecord& record) const {
    const auto original = original_shapes_.find(name);
    if (original == original_shapes_.end()) return;
    if (checked_product(original->second) != checked_product(record.shape)) {
      refuse("has tensor '{}' of shape {}, which cannot have been {}", printable(name), shape_text(record.shape),
             shape_text(original->second));
    }
    record.shape = original->second;
  }

  void place_tensors() {
    if (places_.empty()) return;
    const uint64_t begin = (reader_.position() + alignment_ - 1) / alignment_ * alignment_;
    if (begin > file_.size()) {
      refuse("has {} bytes, expected data from byte {} on (cut short?)", file_.size(), begin);
    }
    const std::span<const std::byte> data = file_.subspan(static_cast<std::size_t>(begin));
    std::ranges::sort(places_, {}, [](const Place& place) { return std::pair(place.offset, place.size); });
    uint64_t covered = 0;
    for (const Place& place : places_) {
      if (place.offset > data.size() || place.size > data.size() - place.offset) {
        refuse("has tensor '{}' at bytes {} to {} + {}, expected a place within the {} bytes of data (cut short?)",
               printable(place.name), place.offset, place.offset, place.size, data.size());
      }
      if (place.size > 0 && place.offset < covered) {
        refuse("has tensor '{}' at byte {} of the data, where another reaches to {}", printable(place.name),
               place.offset, covered);
      }
      covered = std::max(covered, place.offset + place.size);
      listing_.tensors.at(place.name).bytes =
          data.subspan(static_cast<std::size_t>(place.offset), static_cast<std::size_t>(place.size));
    }
  }

  std::span<const std::byte> file_;
  std::string subject_;
  ByteReader reader_;
  uint64_t alignment_ = kDefaultAlignment;
  std::map<std::string, std::vector<int64_t>> original_shapes_;
  std::vector<Place> places_;
  TensorListing listing_;
};

}  // namespace

bool is_gguf(std::span<const std::byte> file) {
  return file.size() >= kMagic.size() && std::memcmp(file.data(), kMagic.data(), kMagic.size()) == 0;
}

TensorListing read_gguf(std::span<const std::byte> file, std::string_view name) {
  return HeaderReader(file, name).read();
}

}  // namespace fude::io
