#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/error.h"
#include "pipelines/comparison/comparison_order.h"
#include "pipelines/comparison/comparison_plan.h"

namespace {

namespace comparison = fude::pipelines::comparison;
using comparison::ComparisonOrder;

void require(bool holds) {
  if (!holds) std::abort();
}

// Cells of pictures that are large in number only cost time here.
bool is_small(const ComparisonOrder& order) {
  constexpr std::size_t kMostValues = 4;
  for (const comparison::AxisOrder& axis : order.axes) {
    try {
      if (comparison::read_axis_order(axis).values.size() > kMostValues) return false;
    } catch (const fude::Error&) {
    }
  }
  return true;
}

void plan(const ComparisonOrder& order) {
  if (!is_small(order)) return;
  const comparison::ComparisonPlan planned(order, {});
  require(planned.order().size() == planned.cells().size());
  for (const std::size_t place : planned.order()) require(place < planned.cells().size());
}

}  // namespace

/// The body of POST /comparisons: it is refused with an Error, or gives an order that is stored and read again as it
/// was, and planned or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const ComparisonOrder order =
        comparison::parse_comparison_order({reinterpret_cast<const char*>(data), size}, fude::pipelines::api_request());
    const std::string stored = comparison::to_json(order);
    require(comparison::to_json(comparison::parse_comparison_order(stored, {})) == stored);
    plan(order);
  } catch (const fude::Error&) {
  }
  return 0;
}
