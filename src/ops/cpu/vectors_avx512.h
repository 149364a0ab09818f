#pragma once

// Included only by files that are compiled for AVX-512.

#include <cstdint>

#include "ops/cpu/vector_avx512.h"

namespace fude::ops::cpu {
namespace {

/// Sixteen floats a register.
struct Avx512Vectors {
  static constexpr int kLanes = 16;
  typedef float Floats __attribute__((vector_size(64)));
  typedef std::uint32_t Words __attribute__((vector_size(64)));

  template <typename Number>
  static Floats load(const Number* place) {
    return (Floats)read(place).v;
  }
  template <typename Number>
  static void store(Floats value, Number* place) {
    write(Vec{(__m512)value}, place);
  }
};

}  // namespace
}  // namespace fude::ops::cpu
