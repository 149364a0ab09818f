#pragma once

// Included only by files that are compiled for AVX2.

#include <cstdint>

#include "ops/cpu/vector_avx2.h"

namespace fude::ops::cpu {
namespace {

/// Eight floats a register, sixteen registers.
struct Avx2Vectors {
  static constexpr int kLanes = 8;
  typedef float Floats __attribute__((vector_size(32)));
  typedef std::uint32_t Words __attribute__((vector_size(32)));

  template <typename Number>
  static Floats load(const Number* place) {
    return (Floats)read(place).v;
  }
  template <typename Number>
  static void store(Floats value, Number* place) {
    write(Vec{(__m256)value}, place);
  }
};

}  // namespace
}  // namespace fude::ops::cpu
