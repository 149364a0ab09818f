#include "io/element_type.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"
#include "io/packed_type.h"

namespace fude::io {
namespace {

constexpr std::array<std::pair<TensorType, at::ScalarType>, 10> kPairs{{
    {TensorType::kF64, at::kDouble},
    {TensorType::kF32, at::kFloat},
    {TensorType::kF16, at::kHalf},
    {TensorType::kBF16, at::kBFloat16},
    {TensorType::kI64, at::kLong},
    {TensorType::kI32, at::kInt},
    {TensorType::kI16, at::kShort},
    {TensorType::kI8, at::kChar},
    {TensorType::kU8, at::kByte},
    {TensorType::kBool, at::kBool},
}};

}  // namespace

at::ScalarType scalar_type(TensorType type) {
  if (is_packed(type)) return at::kFloat;
  return std::ranges::find(kPairs, type, &std::pair<TensorType, at::ScalarType>::first)->second;
}

TensorType stored_type(at::ScalarType type) {
  const auto found = std::ranges::find(kPairs, type, &std::pair<TensorType, at::ScalarType>::second);
  if (found == kPairs.end()) {
    fail(ErrorCode::kInvalidArgument, "tensors of type {} cannot be stored", c10::toString(type));
  }
  return found->first;
}

}  // namespace fude::io
