#include "core/random/torch_cpu_generator.h"

#include <cmath>
#include <numbers>

namespace fude {
namespace {

constexpr std::size_t kBlock = 16;

/// Turns 16 uniforms of [0, 1) into 16 normals in place. Float32 like torch's, but each function is rounded from its
/// double value, so that the result does not depend on the platform's libm.
void box_muller_block(std::span<float, kBlock> values) {
  constexpr std::size_t kHalf = kBlock / 2;
  constexpr float kTwoPi = static_cast<float>(2 * std::numbers::pi);
  for (std::size_t j = 0; j < kHalf; ++j) {
    const float uniform = 1.0F - values[j];  // [0, 1) -> (0, 1], whose logarithm is finite
    const float logarithm = static_cast<float>(std::log(static_cast<double>(uniform)));
    const float radius = std::sqrt(-2.0F * logarithm);
    const double theta = kTwoPi * values[j + kHalf];
    values[j] = radius * static_cast<float>(std::cos(theta));
    values[j + kHalf] = radius * static_cast<float>(std::sin(theta));
  }
}

}  // namespace

TorchCpuGenerator::TorchCpuGenerator(std::uint64_t seed) : engine_(static_cast<std::uint32_t>(seed)) {}

std::uint32_t TorchCpuGenerator::next_u32() { return static_cast<std::uint32_t>(engine_()); }

float TorchCpuGenerator::next_uniform() { return static_cast<float>(next_u32() & 0xFFFFFFU) * 0x1p-24F; }

double TorchCpuGenerator::next_uniform_double() {
  const std::uint64_t high = next_u32();
  const std::uint64_t bits = (high << 32U) | next_u32();
  return static_cast<double>(bits & ((std::uint64_t{1} << 53U) - 1)) * 0x1p-53;
}

double TorchCpuGenerator::next_normal_double() {
  if (spare_) {
    const double value = *spare_;
    spare_.reset();
    return value;
  }
  const double theta = 2 * std::numbers::pi * next_uniform_double();
  const double radius = std::sqrt(-2.0 * std::log1p(-next_uniform_double()));
  spare_ = radius * std::sin(theta);
  return radius * std::cos(theta);
}

void TorchCpuGenerator::fill_normal(std::span<float> out) {
  if (out.size() < kBlock) {
    for (float& value : out) value = static_cast<float>(next_normal_double());
    return;
  }
  for (float& value : out) value = next_uniform();
  std::size_t start = 0;
  for (; start + kBlock <= out.size(); start += kBlock) box_muller_block(out.subspan(start).first<kBlock>());
  if (start == out.size()) return;
  const auto tail = out.last<kBlock>();  // overlaps the last whole block, which torch draws anew
  for (float& value : tail) value = next_uniform();
  box_muller_block(tail);
}

}  // namespace fude
