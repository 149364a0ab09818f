#include "ops/cpu/amx_tiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include "ops/cpu/instruction_set.h"

namespace fude::ops::cpu {
namespace {

constexpr int kDepth = 64;  // two tiles

float float_of(std::uint16_t bits) {
  const std::uint32_t wide = static_cast<std::uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

std::uint16_t bits_of(float value) {
  std::uint32_t wide;
  std::memcpy(&wide, &value, sizeof(wide));
  return static_cast<std::uint16_t>(wide >> 16);
}

/// left [16][kDepth] and right [kDepth / 2][32 numbers][2], of which two tiles side by side are used.
struct Matrices {
  std::vector<std::uint16_t> left = std::vector<std::uint16_t>(kTileRows * kDepth);
  std::vector<std::uint16_t> right = std::vector<std::uint16_t>(kDepth / 2 * 32 * 2);

  Matrices() {
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    for (auto& x : left) x = bits_of(normal(random));
    for (auto& x : right) x = bits_of(normal(random));
  }

  double product(int row, int column) const {
    double sum = 0;
    for (int k = 0; k < kDepth; ++k)
      sum += double{float_of(left[row * kDepth + k])} * float_of(right[(k / 2 * 32 + column) * 2 + k % 2]);
    return sum;
  }
};

// [16][32] floats: left * right + 1.
template <typename Tiles>
std::vector<float> multiply(const Matrices& in) {
  std::vector<float> sums(kTileRows * 32, 1.0F);
  constexpr std::int64_t kSumStride = 32 * sizeof(float), kRightStride = 32 * 4;
  Tiles tiles;
  tiles.template load<0>(sums.data(), kSumStride);
  tiles.template zero<1>();
  for (int k = 0; k < kDepth; k += 32) {
    tiles.template load<5>(in.left.data() + k, kDepth * 2);
    tiles.template load<6>(in.right.data() + k * 32, kRightStride);
    tiles.template load<7>(in.right.data() + k * 32 + 32, kRightStride);
    tiles.template multiply_add<0, 5, 6>();
    tiles.template multiply_add<1, 5, 7>();
  }
  tiles.template store<0>(sums.data(), kSumStride);
  tiles.template store<1>(sums.data() + 16, kSumStride);
  return sums;
}

template <typename Tiles>
void expect_product() {
  const Matrices in;
  const std::vector<float> sums = multiply<Tiles>(in);
  for (int row = 0; row < kTileRows; ++row) {
    for (int column = 0; column < 32; ++column)
      EXPECT_NEAR(sums[row * 32 + column], in.product(row, column) + (column < 16 ? 1 : 0), 1e-4);
  }
}

TEST(EmulatedTiles, MultiplyAsTheirDefinition) { expect_product<EmulatedTiles>(); }

TEST(EmulatedTiles, CarryNotANumberAndDropDenormals) {
  Matrices in;
  in.left[3 * kDepth + 40] = bits_of(std::numeric_limits<float>::quiet_NaN());
  for (int k = 0; k < kDepth; ++k) in.left[5 * kDepth + k] = 1;
  const std::vector<float> sums = multiply<EmulatedTiles>(in);
  for (int column = 0; column < 32; ++column) {
    EXPECT_TRUE(std::isnan(sums[3 * 32 + column]));
    EXPECT_FALSE(std::isnan(sums[2 * 32 + column]));
    EXPECT_EQ(sums[5 * 32 + column], column < 16 ? 1.0F : 0.0F);
  }
}

/// left [16][128] unsigned and right [32][16 fours] signed bytes, of the least and the largest numbers among others.
struct ByteMatrices {
  std::vector<std::uint8_t> left = std::vector<std::uint8_t>(kTileRows * 128);
  std::vector<std::int8_t> right = std::vector<std::int8_t>(32 * 64);

  ByteMatrices() {
    std::mt19937 random(6);
    for (auto& x : left) x = static_cast<std::uint8_t>(random());
    for (auto& x : right) x = static_cast<std::int8_t>(random());
    std::fill_n(left.begin(), 128, std::uint8_t{255});
    for (int k = 0; k < 128; ++k) right[k / 4 * 64 + k % 4] = -128;
  }

  std::int64_t product(int row, int column) const {
    std::int64_t sum = 0;
    for (int k = 0; k < 128; ++k) sum += left[row * 128 + k] * right[k / 4 * 64 + column * 4 + k % 4];
    return sum;
  }
};

// [16][16] whole numbers: left * right + `start`.
template <typename Tiles>
std::vector<std::int32_t> multiply_bytes(const ByteMatrices& in, std::int32_t start) {
  std::vector<std::int32_t> sums(kTileRows * 16, start);
  Tiles tiles;
  tiles.template load<0>(sums.data(), kTileRowBytes);
  for (int k = 0; k < 128; k += 64) {
    tiles.template load<4>(in.left.data() + k, 128);
    tiles.template load<6>(in.right.data() + k * 16, kTileRowBytes);
    tiles.template multiply_add_bytes<0, 4, 6>();
  }
  tiles.template store<0>(sums.data(), kTileRowBytes);
  return sums;
}

template <typename Tiles>
void expect_product_of_bytes() {
  const ByteMatrices in;
  for (const std::int32_t start : {0, -7, std::numeric_limits<std::int32_t>::min()}) {
    const std::vector<std::int32_t> sums = multiply_bytes<Tiles>(in, start);
    for (int i = 0; i < kTileRows * 16; ++i)
      ASSERT_EQ(sums[i], static_cast<std::int32_t>(in.product(i / 16, i % 16) + start)) << i << " from " << start;
  }
}

TEST(EmulatedTiles, MultiplyBytesAsTheirDefinition) { expect_product_of_bytes<EmulatedTiles>(); }

#if defined(__AMX_TILE__) || defined(__AMXTILE__)
TEST(AmxTiles, MultiplyBytesAsTheirDefinition) {
  if (!multiplies_int8(InstructionSet::kAmx)) GTEST_SKIP() << "this processor has no tiles of bytes";
  expect_product_of_bytes<AmxTiles>();
}

TEST(AmxTiles, MultiplyAsTheEmulatedOnesInEveryThread) {
  if (detected_instruction_set() < InstructionSet::kAmx) GTEST_SKIP() << "this processor has no tiles";
  expect_product<AmxTiles>();
  const Matrices in;
  const std::vector<float> expected = multiply<EmulatedTiles>(in);
  std::vector<std::vector<float>> found(4);
  std::vector<std::thread> threads;
  for (auto& result : found) threads.emplace_back([&] { result = multiply<AmxTiles>(in); });
  for (auto& thread : threads) thread.join();
  for (const auto& result : found) {
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(result[i], expected[i], 1e-5);
  }
}
#endif

}  // namespace
}  // namespace fude::ops::cpu
