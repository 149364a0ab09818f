#include "io/ggml_blocks.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "io/half_float.h"
#include "io/packed_type.h"

namespace fude::io {
namespace {

using Bytes = std::vector<uint8_t>;

std::vector<float> expanded(TensorType type, const Bytes& blocks) {
  const BlockLayout layout = block_layout(type);
  std::vector<float> values(blocks.size() / layout.bytes * layout.elements);
  expand(type, std::as_bytes(std::span(blocks)), values);
  return values;
}

double half(const uint8_t* bytes) {
  const int bits = bytes[0] | bytes[1] << 8;
  const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
  const double magnitude = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

// The same formats once more, in double precision and the other way round: these walk through the bytes as they lie
// and say for each where its bits belong, as the formats' description does.

std::vector<double> walk_q4_0(const uint8_t* b) {
  std::vector<double> x(32);
  for (int j = 0; j < 16; ++j) {
    x[j] = half(b) * ((b[2 + j] & 15) - 8);
    x[j + 16] = half(b) * ((b[2 + j] >> 4) - 8);
  }
  return x;
}

std::vector<double> walk_q4_1(const uint8_t* b) {
  std::vector<double> x(32);
  for (int j = 0; j < 16; ++j) {
    x[j] = half(b) * (b[4 + j] & 15) + half(b + 2);
    x[j + 16] = half(b) * (b[4 + j] >> 4) + half(b + 2);
  }
  return x;
}

uint32_t word(const uint8_t* b) { return b[0] | b[1] << 8 | b[2] << 16 | static_cast<uint32_t>(b[3]) << 24; }

std::vector<double> walk_q5_0(const uint8_t* b) {
  std::vector<double> x(32);
  for (int j = 0; j < 16; ++j) {
    x[j] = half(b) * (int(b[6 + j] % 16 + 16 * (word(b + 2) >> j & 1)) - 16);
    x[j + 16] = half(b) * (int(b[6 + j] / 16 + 16 * (word(b + 2) >> (j + 16) & 1)) - 16);
  }
  return x;
}

std::vector<double> walk_q5_1(const uint8_t* b) {
  std::vector<double> x(32);
  for (int j = 0; j < 16; ++j) {
    x[j] = half(b) * (b[8 + j] % 16 + 16 * (word(b + 4) >> j & 1)) + half(b + 2);
    x[j + 16] = half(b) * (b[8 + j] / 16 + 16 * (word(b + 4) >> (j + 16) & 1)) + half(b + 2);
  }
  return x;
}

std::vector<double> walk_q8_0(const uint8_t* b) {
  std::vector<double> x(32);
  for (int j = 0; j < 32; ++j) x[j] = half(b) * (b[2 + j] < 128 ? b[2 + j] : b[2 + j] - 256);
  return x;
}

std::vector<double> walk_q2_k(const uint8_t* b) {
  const uint8_t *scales = b, *q = b + 16;
  const double d = half(b + 80), dmin = half(b + 82);
  std::vector<double> x;
  for (int part = 0; part < 2; ++part, q += 32) {
    for (int shift = 0; shift < 8; shift += 2) {
      for (int run = 0; run < 2; ++run, ++scales) {
        for (int l = 0; l < 16; ++l) {
          x.push_back(d * (*scales % 16) * (q[16 * run + l] >> shift & 3) - dmin * (*scales / 16));
        }
      }
    }
  }
  return x;
}

std::vector<double> walk_q3_k(const uint8_t* b) {
  const uint8_t *high = b, *q = b + 32, *packed = b + 96;
  const double d = half(b + 108);
  int scales[16];
  for (int j = 0; j < 4; ++j) {  // byte 8 + j has the upper two bits of scales j, j + 4, j + 8, j + 12
    scales[j] = (packed[j] & 15) + 16 * (packed[8 + j] & 3);
    scales[j + 4] = (packed[j + 4] & 15) + 16 * (packed[8 + j] >> 2 & 3);
    scales[j + 8] = (packed[j] >> 4) + 16 * (packed[8 + j] >> 4 & 3);
    scales[j + 12] = (packed[j + 4] >> 4) + 16 * (packed[8 + j] >> 6);
  }
  std::vector<double> x;
  int mask = 1, group = 0;
  for (int part = 0; part < 2; ++part, q += 32) {
    for (int shift = 0; shift < 8; shift += 2, mask *= 2) {
      for (int run = 0; run < 32; run += 16, ++group) {
        for (int l = run; l < run + 16; ++l) {
          x.push_back(d * (scales[group] - 32) * ((q[l] >> shift & 3) - ((high[l] & mask) != 0 ? 0 : 4)));
        }
      }
    }
  }
  return x;
}

/// Eight scales, then eight minima.
std::vector<int> unpack_6_bits(const uint8_t* p) {
  std::vector<int> numbers(16);
  for (int j = 0; j < 4; ++j) {
    numbers[j] = p[j] % 64;
    numbers[8 + j] = p[4 + j] % 64;
    numbers[4 + j] = p[8 + j] % 16 + p[j] / 64 * 16;
    numbers[12 + j] = p[8 + j] / 16 + p[4 + j] / 64 * 16;
  }
  return numbers;
}

std::vector<double> walk_q4_k(const uint8_t* b) {
  const std::vector<int> s = unpack_6_bits(b + 4);
  std::vector<double> x;
  for (int pair = 0; pair < 4; ++pair) {
    const uint8_t* q = b + 16 + 32 * pair;
    for (int l = 0; l < 32; ++l) x.push_back(half(b) * s[2 * pair] * (q[l] % 16) - half(b + 2) * s[8 + 2 * pair]);
    for (int l = 0; l < 32; ++l) x.push_back(half(b) * s[2 * pair + 1] * (q[l] / 16) - half(b + 2) * s[9 + 2 * pair]);
  }
  return x;
}

std::vector<double> walk_q5_k(const uint8_t* b) {
  const std::vector<int> s = unpack_6_bits(b + 4);
  const uint8_t* high = b + 16;
  std::vector<double> x;
  for (int group = 0; group < 8; ++group) {
    const uint8_t* q = b + 48 + group / 2 * 32;
    for (int l = 0; l < 32; ++l) {
      const int low = group % 2 == 0 ? q[l] % 16 : q[l] / 16;
      x.push_back(half(b) * s[group] * (low + 16 * (high[l] >> group & 1)) - half(b + 2) * s[8 + group]);
    }
  }
  return x;
}

std::vector<double> walk_q6_k(const uint8_t* b) {
  const uint8_t *low = b, *high = b + 128;
  const auto* scales = reinterpret_cast<const int8_t*>(b + 192);
  std::vector<double> x(256);
  for (int part = 0; part < 256; part += 128, low += 64, high += 32, scales += 8) {
    for (int l = 0; l < 32; ++l) {
      const int q[4] = {low[l] % 16 + (high[l] & 3) * 16, low[l + 32] % 16 + (high[l] >> 2 & 3) * 16,
                        low[l] / 16 + (high[l] >> 4 & 3) * 16, low[l + 32] / 16 + (high[l] >> 6) * 16};
      for (int k = 0; k < 4; ++k) x[part + 32 * k + l] = half(b + 208) * scales[l / 16 + 2 * k] * (q[k] - 32);
    }
  }
  return x;
}

struct Format {
  const char* name;
  TensorType type;
  std::vector<double> (*walk)(const uint8_t* block);
  std::vector<std::size_t> halves;  // where the half-precision factors lie in a block
};

class BlockFormat : public ::testing::TestWithParam<Format> {};

TEST_P(BlockFormat, AgreesWithItsDescriptionOnRandomBlocks) {
  const Format& format = GetParam();
  const BlockLayout layout = block_layout(format.type);
  constexpr std::size_t kBlocks = 50;
  Bytes blocks(kBlocks * layout.bytes);
  std::mt19937 random(7);
  for (uint8_t& byte : blocks) byte = static_cast<uint8_t>(random());
  for (std::size_t i = 0; i < kBlocks; ++i) {
    for (const std::size_t at : format.halves) blocks[i * layout.bytes + at + 1] &= 0xBB;  // neither infinite nor NaN
  }
  const std::vector<float> values = expanded(format.type, blocks);
  for (std::size_t i = 0; i < kBlocks; ++i) {
    const std::vector<double> expected = format.walk(blocks.data() + i * layout.bytes);
    ASSERT_EQ(expected.size(), layout.elements);
    double largest = 0;
    for (const double x : expected) largest = std::max(largest, std::abs(x));
    for (std::size_t j = 0; j < layout.elements; ++j) {
      ASSERT_NEAR(values[i * layout.elements + j], expected[j], 1e-6 * largest) << "block " << i << ", number " << j;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ggml, BlockFormat,
                         ::testing::Values(Format{"Q40", TensorType::kQ40, walk_q4_0, {0}},
                                           Format{"Q41", TensorType::kQ41, walk_q4_1, {0, 2}},
                                           Format{"Q50", TensorType::kQ50, walk_q5_0, {0}},
                                           Format{"Q51", TensorType::kQ51, walk_q5_1, {0, 2}},
                                           Format{"Q80", TensorType::kQ80, walk_q8_0, {0}},
                                           Format{"Q2K", TensorType::kQ2K, walk_q2_k, {80, 82}},
                                           Format{"Q3K", TensorType::kQ3K, walk_q3_k, {108}},
                                           Format{"Q4K", TensorType::kQ4K, walk_q4_k, {0, 2}},
                                           Format{"Q5K", TensorType::kQ5K, walk_q5_k, {0, 2}},
                                           Format{"Q6K", TensorType::kQ6K, walk_q6_k, {208}}),
                         [](const auto& test) { return std::string(test.param.name); });

// Blocks computed by hand: 1.5 is 0x3E00 as a half, 0.5 is 0x3800, 2 is 0x4000, -1 is 0xBC00.

TEST(GgmlBlocks, HaveTheirNumbersWhereAHandPutsThem) {
  Bytes q40(18, 0x88);  // 8 stands for zero
  q40[0] = 0x00, q40[1] = 0x3E;
  q40[2] = 0xF0;  // number 0 is 0 - 8, number 16 is 15 - 8
  std::vector<float> x = expanded(TensorType::kQ40, q40);
  EXPECT_EQ(x[0], -12.0F);
  EXPECT_EQ(x[16], 10.5F);
  EXPECT_EQ(x[1], 0.0F);

  Bytes q50(22, 0);
  q50[1] = 0x40;  // d = 2
  q50[4] = 0x01;  // the high bit of number 16
  q50[6] = 0x30;  // number 16 has 3 + 16 - 16
  x = expanded(TensorType::kQ50, q50);
  EXPECT_EQ(x[16], 6.0F);
  EXPECT_EQ(x[0], -32.0F);

  Bytes q80(34, 0);
  q80[1] = 0xBC;   // d = -1
  q80[33] = 0x80;  // -128
  x = expanded(TensorType::kQ80, q80);
  EXPECT_EQ(x[31], 128.0F);
  EXPECT_EQ(x[30], 0.0F);
}

TEST(GgmlBlocks, OfTypeOneAddTheirMinimum) {
  Bytes q41(20, 0);
  q41[1] = 0x38, q41[3] = 0xBC;  // 0.5 q - 1
  q41[19] = 0x2F;
  const std::vector<float> x = expanded(TensorType::kQ41, q41);
  EXPECT_EQ(x[15], 6.5F);
  EXPECT_EQ(x[31], 0.0F);
  EXPECT_EQ(x[0], -1.0F);
}

TEST(GgmlBlocks, OfKTypesUseTheScaleOfTheirGroup) {
  Bytes q4k(144, 0);
  q4k[1] = 0x40, q4k[3] = 0x38;  // d = 2, dmin = 0.5
  q4k[4] = 0xC5;                 // scale 0 is 5; 3 << 4 of scale 4
  q4k[8] = 0x46;                 // minimum 0 is 6; 1 << 4 of minimum 4
  q4k[12] = 0x21;                // scale 4 is 1 + 48, minimum 4 is 2 + 16
  q4k[16] = 0x03;                // number 0 is 3
  q4k[16 + 64] = 0x01;           // number 128, the first of group 4, is 1
  std::vector<float> x = expanded(TensorType::kQ4K, q4k);
  EXPECT_EQ(x[0], 2 * 5 * 3 - 0.5F * 6);
  EXPECT_EQ(x[128], 2 * 49 * 1 - 0.5F * 18);
  EXPECT_EQ(x[255], 0.0F);

  Bytes q6k(210, 0);
  q6k[209] = 0x38;       // d = 0.5
  q6k[192 + 15] = 0xFE;  // the last group's scale is -2
  q6k[127] = 0x50;       // number 255: low bits 5
  q6k[191] = 0xC0;       // its high bits 3: 5 + 48 - 32
  x = expanded(TensorType::kQ6K, q6k);
  EXPECT_EQ(x[255], 0.5F * -2 * 21);
  EXPECT_EQ(x[254], 0.5F * -2 * -32);
  EXPECT_EQ(x[0], 0.0F);
}

TEST(HalfFloat, IsExact) {
  EXPECT_EQ(float_from_half(0x3C00), 1.0F);
  EXPECT_EQ(float_from_half(0xFBFF), -65504.0F);
  EXPECT_EQ(float_from_half(0x0001), 0x1p-24F);
  EXPECT_TRUE(std::signbit(float_from_half(0x8000)));
  EXPECT_TRUE(std::isinf(float_from_half(0x7C00)));
  EXPECT_TRUE(std::isnan(float_from_half(0x7C01)));
  for (int bits = 0; bits < 0x7C00; ++bits) {
    const Bytes bytes{static_cast<uint8_t>(bits), static_cast<uint8_t>(bits >> 8)};
    ASSERT_EQ(float_from_half(static_cast<uint16_t>(bits)), half(bytes.data())) << bits;
  }
  EXPECT_EQ(float_from_bfloat16(0xC040), -3.0F);
}

}  // namespace
}  // namespace fude::io
