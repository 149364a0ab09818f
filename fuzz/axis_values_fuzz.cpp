#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "pipelines/comparison/axis_values.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// The whole input is the list of values of an axis.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fude::pipelines::comparison;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const ValueKind kind : {ValueKind::kWhole, ValueKind::kReal, ValueKind::kText}) {
    try {
      const auto values = expand_values(kind, text);
      require(values.size() <= kMostAxisValues);
      for (const std::string& value : values) require(value.size() <= size + 400);  // the digits of 1e308
      if (kind == ValueKind::kText && values.size() <= 4) permutations(values);
    } catch (const fude::Error& error) {
      require(error.code() == fude::ErrorCode::kInvalidArgument);
    }
  }
  return 0;
}
