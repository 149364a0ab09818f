#include "core/random/philox_generator.h"

#include <cmath>

namespace fude {
namespace {

// Both are rounded to float first and then used in double arithmetic, as in the published emulation.
constexpr double kUnit = static_cast<float>(2.3283064e-10);              // 2^-32
constexpr double kTurn = static_cast<float>(2.3283064e-10 * 6.2831855);  // 2 pi 2^-32

float box_muller(std::uint32_t first, std::uint32_t second) {
  const double u = first * kUnit + kUnit / 2;
  const double v = second * kTurn + kTurn / 2;
  return static_cast<float>(std::sqrt(-2.0 * std::log(u)) * std::sin(v));
}

}  // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter[0];
    const std::uint64_t product1 = kMultiplier1 * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32U) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32U) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key = {key[0] + kWeyl0, key[1] + kWeyl1};
  }
  return counter;
}

PhiloxGenerator::PhiloxGenerator(std::uint64_t seed)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)} {}

void PhiloxGenerator::fill_normal(std::span<float> out) {
  std::uint32_t index = 0;
  for (float& value : out) {
    const auto words = philox4x32({draw_, 0, index++, 0}, key_);
    value = box_muller(words[0], words[1]);
  }
  ++draw_;
}

}  // namespace fude
