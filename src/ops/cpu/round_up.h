#pragma once

#include <cstdint>

// In an anonymous namespace because files of every instruction set compile this for their own.
namespace fude::ops::cpu {
namespace {

/// How many pieces of `by` (at least 1) hold `count` (at least 0).
constexpr std::int64_t divide_up(std::int64_t count, std::int64_t by) { return (count + by - 1) / by; }

/// The least multiple that is not below `count`.
constexpr std::int64_t round_up(std::int64_t count, std::int64_t multiple) {
  return divide_up(count, multiple) * multiple;
}

}  // namespace
}  // namespace fude::ops::cpu
