#include "io/packed_type.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "io/ggml_blocks.h"
#include "io/half_float.h"

namespace fude::io {
namespace {

using FloatTable = std::array<float, 256>;  // a float for each byte

/// 1 bit sign, 4 exponent (bias 7), 3 fraction; no infinities, NaN where all other bits are set.
constexpr float float_from_e4m3(uint32_t byte) {
  constexpr uint32_t kNotANumber = 0x7F;
  const uint32_t magnitude_bits = byte & 0x7FU;
  if (magnitude_bits == kNotANumber) return std::numeric_limits<float>::quiet_NaN();
  const uint32_t exponent = magnitude_bits >> 3;
  const uint32_t fraction = magnitude_bits & 7U;
  // In units of the smallest subnormal, 2^-9, every magnitude is a whole number.
  const uint32_t units = exponent == 0 ? fraction : (8U + fraction) << (exponent - 1);
  const float magnitude = static_cast<float>(units) * 0x1p-9F;
  return (byte & 0x80U) != 0 ? -magnitude : magnitude;
}

constexpr FloatTable e4m3_table() {
  FloatTable table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) table[byte] = float_from_e4m3(byte);
  return table;
}

/// 1 bit sign, 5 exponent, 2 fraction: the upper half of an IEEE half.
constexpr FloatTable e5m2_table() {
  FloatTable table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) table[byte] = float_from_half(static_cast<uint16_t>(byte << 8));
  return table;
}

void look_up(const FloatTable& table, std::span<const std::byte> bytes, std::span<float> values) {
  std::ranges::transform(bytes, values.begin(), [&](std::byte b) { return table[std::to_integer<std::size_t>(b)]; });
}

struct PackedType {
  TensorType type;
  BlockLayout block;
  void (*expand)(std::span<const std::byte> blocks, std::span<float> values);
};

constexpr std::array kPackedTypes{
    PackedType{TensorType::kF8E4M3,
               {1, 1},
               [](std::span<const std::byte> bytes, std::span<float> values) {
                 static constexpr FloatTable kTable = e4m3_table();
                 look_up(kTable, bytes, values);
               }},
    PackedType{TensorType::kF8E5M2,
               {1, 1},
               [](std::span<const std::byte> bytes, std::span<float> values) {
                 static constexpr FloatTable kTable = e5m2_table();
                 look_up(kTable, bytes, values);
               }},
    PackedType{TensorType::kQ40, {32, 18}, expand_q4_0},
    PackedType{TensorType::kQ41, {32, 20}, expand_q4_1},
    PackedType{TensorType::kQ50, {32, 22}, expand_q5_0},
    PackedType{TensorType::kQ51, {32, 24}, expand_q5_1},
    PackedType{TensorType::kQ80, {32, 34}, expand_q8_0},
    PackedType{TensorType::kQ2K, {256, 84}, expand_q2_k},
    PackedType{TensorType::kQ3K, {256, 110}, expand_q3_k},
    PackedType{TensorType::kQ4K, {256, 144}, expand_q4_k},
    PackedType{TensorType::kQ5K, {256, 176}, expand_q5_k},
    PackedType{TensorType::kQ6K, {256, 210}, expand_q6_k},
};

struct EightBits {
  int fraction_bits = 0;
  int bias = 0;  // of the exponent
  uint8_t largest = 0;
};

constexpr EightBits kE4M3{.fraction_bits = 3, .bias = 7, .largest = 0x7E};
constexpr EightBits kE5M2{.fraction_bits = 2, .bias = 15, .largest = 0x7B};

std::byte byte_from_float(float value, const EightBits& form) {
  constexpr int kFloatBias = 127, kFloatFractionBits = 23, kAllBitsSet = 0x7F;
  const auto sign = static_cast<uint8_t>(std::signbit(value) ? 0x80 : 0);
  if (std::isnan(value)) return std::byte{static_cast<uint8_t>(sign | kAllBitsSet)};
  const float magnitude = std::fabs(value);
  const auto float_exponent = static_cast<int>(std::bit_cast<uint32_t>(magnitude) >> kFloatFractionBits) - kFloatBias;
  const int exponent = std::max(float_exponent, 1 - form.bias);  // below it the fraction has fewer bits
  if (exponent > form.bias + 1) return std::byte{static_cast<uint8_t>(sign | form.largest)};
  // In units of the last bit the magnitude is a whole number; rounding up to the next power of two carries over.
  const auto scale =
      std::bit_cast<float>(static_cast<uint32_t>(kFloatBias + form.fraction_bits - exponent) << kFloatFractionBits);
  const auto units = static_cast<int>(std::nearbyint(magnitude * scale));
  const int bits = ((exponent + form.bias - 1) << form.fraction_bits) + units;
  return std::byte{static_cast<uint8_t>(sign | std::min<int>(bits, form.largest))};
}

const PackedType& packed_type(TensorType type) { return *std::ranges::find(kPackedTypes, type, &PackedType::type); }

}  // namespace

bool is_packed(TensorType type) {
  return std::ranges::find(kPackedTypes, type, &PackedType::type) != kPackedTypes.end();
}

BlockLayout block_layout(TensorType type) { return packed_type(type).block; }

void expand(TensorType type, std::span<const std::byte> blocks, std::span<float> values) {
  packed_type(type).expand(blocks, values);
}

void pack_eight_bits(TensorType type, std::span<const float> values, std::span<std::byte> bytes) {
  const EightBits& form = type == TensorType::kF8E4M3 ? kE4M3 : kE5M2;
  std::ranges::transform(values, bytes.begin(), [&](float value) { return byte_from_float(value, form); });
}

}  // namespace fude::io
