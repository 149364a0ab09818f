#include "merging/storage_type.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "core/names.h"
#include "io/packed_type.h"

namespace fude::merging {
namespace {

struct TypeName {
  std::string_view name;
  StorageType type;
};

constexpr std::array kNames{
    TypeName{"same", StorageType::kSame},       TypeName{"fp32", StorageType::kFloat},
    TypeName{"fp16", StorageType::kHalf},       TypeName{"bf16", StorageType::kBFloat16},
    TypeName{"fp8", StorageType::kF8E4M3},      TypeName{"fp8-e4m3fn", StorageType::kF8E4M3},
    TypeName{"fp8-e5m2", StorageType::kF8E5M2},
};

bool is_of_eight_bits(io::TensorType type) {
  return type == io::TensorType::kF8E4M3 || type == io::TensorType::kF8E5M2;
}

io::TensorType same_type(const io::TensorRecord& record) {
  const bool can_stay = !io::is_packed(record.type) || (is_of_eight_bits(record.type) && record.scales.empty());
  return can_stay ? record.type : io::TensorType::kF16;
}

io::TensorType eight_bits(const io::TensorRecord& record, std::string_view name, io::TensorType type) {
  const bool is_sensitive = record.shape.size() < 2 || name.starts_with("first_stage_model.");
  return is_sensitive ? io::TensorType::kF16 : type;
}

}  // namespace

StorageType parse_storage_type(std::string_view name) {
  const auto found = std::ranges::find_if(kNames, [&](const TypeName& known) { return same_name(known.name, name); });
  if (found != kNames.end()) return found->type;
  fail(ErrorCode::kInvalidArgument, "type of the result is '{}', expected same, fp32, fp16, bf16, fp8 or fp8-e5m2",
       printable(name, 40));
}

bool is_floating(const io::TensorRecord& record) {
  switch (record.type) {
    case io::TensorType::kI64:
    case io::TensorType::kI32:
    case io::TensorType::kI16:
    case io::TensorType::kI8:
    case io::TensorType::kU8:
    case io::TensorType::kBool:
    case io::TensorType::kOther: return false;
    default: return true;
  }
}

io::TensorType stored_as(const io::TensorRecord& record, std::string_view name, StorageType type) {
  if (!is_floating(record)) return record.type;
  switch (type) {
    case StorageType::kSame: return same_type(record);
    case StorageType::kFloat: return io::TensorType::kF32;
    case StorageType::kHalf: return io::TensorType::kF16;
    case StorageType::kBFloat16: return io::TensorType::kBF16;
    case StorageType::kF8E4M3: return eight_bits(record, name, io::TensorType::kF8E4M3);
    case StorageType::kF8E5M2: return eight_bits(record, name, io::TensorType::kF8E5M2);
  }
  return record.type;
}

}  // namespace fude::merging
