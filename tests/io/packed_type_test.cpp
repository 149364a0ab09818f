#include "io/packed_type.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

namespace fude::io {
namespace {

/// All 256 bytes, expanded.
std::vector<float> all_values(TensorType type) {
  std::vector<std::byte> bytes(256);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
  std::vector<float> values(256);
  expand(type, bytes, values);
  return values;
}

/// A number of sign, exponent and fraction bits by the textbook formula, infinities and NaN left aside.
double by_formula(int byte, int fraction_bits, int bias) {
  const int fraction = byte & ((1 << fraction_bits) - 1);
  const int exponent = (byte & 0x7F) >> fraction_bits;
  const double significand = std::ldexp(fraction, -fraction_bits) + (exponent == 0 ? 0.0 : 1.0);
  return ((byte & 0x80) != 0 ? -1 : 1) * significand * std::exp2(std::max(exponent, 1) - bias);
}

TEST(PackedType, ReadsEveryE4M3Number) {
  const std::vector<float> values = all_values(TensorType::kF8E4M3);
  for (int byte = 0; byte < 256; ++byte) {
    if ((byte & 0x7F) == 0x7F) {
      EXPECT_TRUE(std::isnan(values[byte])) << byte;
    } else {
      EXPECT_EQ(values[byte], by_formula(byte, 3, 7)) << byte;
    }
  }
  // From the table of the paper: the largest, the smallest normal, the smallest.
  EXPECT_EQ(values[0x7E], 448.0F);
  EXPECT_EQ(values[0x08], 0x1p-6F);
  EXPECT_EQ(values[0x01], 0x1p-9F);
  EXPECT_TRUE(std::signbit(values[0x80]));
}

TEST(PackedType, ReadsEveryE5M2Number) {
  const std::vector<float> values = all_values(TensorType::kF8E5M2);
  for (int byte = 0; byte < 256; ++byte) {
    const int magnitude = byte & 0x7F;
    if (magnitude > 0x7C) {
      EXPECT_TRUE(std::isnan(values[byte])) << byte;
    } else if (magnitude == 0x7C) {
      EXPECT_TRUE(std::isinf(values[byte])) << byte;
    } else {
      EXPECT_EQ(values[byte], by_formula(byte, 2, 15)) << byte;
    }
  }
  EXPECT_EQ(values[0x7B], 57344.0F);
  EXPECT_EQ(values[0x01], 0x1p-16F);
  EXPECT_EQ(values[0xFC], -INFINITY);
}

TEST(PackedType, LeavesTypesOfTheTensorLibraryAlone) {
  EXPECT_TRUE(is_packed(TensorType::kF8E4M3));
  EXPECT_FALSE(is_packed(TensorType::kF16));
  EXPECT_FALSE(is_packed(TensorType::kOther));
}

std::vector<int> packed(TensorType type, const std::vector<float>& values) {
  std::vector<std::byte> bytes(values.size());
  pack_eight_bits(type, values, bytes);
  std::vector<int> numbers;
  for (const std::byte byte : bytes) numbers.push_back(std::to_integer<int>(byte));
  return numbers;
}

TEST(PackEightBits, FindsEveryNumberAgain) {
  for (const TensorType type : {TensorType::kF8E4M3, TensorType::kF8E5M2}) {
    const std::vector<float> values = all_values(type);
    const std::vector<int> bytes = packed(type, values);
    for (int byte = 0; byte < 256; ++byte) {
      if (!std::isfinite(values[byte])) continue;
      EXPECT_EQ(bytes[byte], byte) << type_name(type);
    }
  }
}

// Between two neighbours the nearer one, in the middle the even one.
TEST(PackEightBits, RoundsToTheNearest) {
  for (const TensorType type : {TensorType::kF8E4M3, TensorType::kF8E5M2}) {
    const std::vector<float> values = all_values(type);
    const int largest = type == TensorType::kF8E4M3 ? 0x7E : 0x7B;
    for (int byte = 0; byte < largest; ++byte) {
      const float middle = (values[byte] + values[byte + 1]) / 2;
      const float above = std::nextafter(middle, INFINITY), below = std::nextafter(middle, 0.0F);
      EXPECT_EQ(packed(type, {below, middle, above, -above}),
                (std::vector<int>{byte, byte + byte % 2, byte + 1, (byte + 1) | 0x80}))
          << type_name(type) << " " << middle;
    }
  }
}

TEST(PackEightBits, TakesTheLargestForWhatIsBeyond) {
  const float infinity = INFINITY;
  EXPECT_EQ(packed(TensorType::kF8E4M3, {449, 465, 1e30F, -infinity}), (std::vector<int>{0x7E, 0x7E, 0x7E, 0xFE}));
  EXPECT_EQ(packed(TensorType::kF8E5M2, {61441, 65536, infinity, -1e30F}), (std::vector<int>{0x7B, 0x7B, 0x7B, 0xFB}));
  EXPECT_EQ(packed(TensorType::kF8E4M3, {NAN, 1e-30F, -0.0F}), (std::vector<int>{0x7F, 0, 0x80}));
}

}  // namespace
}  // namespace fude::io
