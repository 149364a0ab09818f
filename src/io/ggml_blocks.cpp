#include "io/ggml_blocks.h"

#include <array>
#include <cstdint>
#include <cstring>

#include "io/half_float.h"

namespace fude::io {
namespace {

constexpr std::size_t kSmall = 32;   // numbers in a block of the older types
constexpr std::size_t kLarge = 256;  // numbers in a block of the K types

using Half = std::array<uint8_t, 2>;  // not uint16_t: blocks lie at any address

float value_of(Half half) { return float_from_half(static_cast<uint16_t>(half[0] | half[1] << 8)); }

// The blocks as they lie in a file. All members are bytes, so there is no padding.
struct BlockQ40 {
  Half d;
  std::array<uint8_t, 16> low;  // the 4 bits of number i, then of number i + 16
};
struct BlockQ41 {
  Half d, m;
  std::array<uint8_t, 16> low;
};
struct BlockQ50 {
  Half d;
  std::array<uint8_t, 4> high;  // the fifth bit of number i is bit i
  std::array<uint8_t, 16> low;
};
struct BlockQ51 {
  Half d, m;
  std::array<uint8_t, 4> high;
  std::array<uint8_t, 16> low;
};
struct BlockQ80 {
  Half d;
  std::array<int8_t, 32> q;
};
struct BlockQ2K {
  std::array<uint8_t, 16> scales;  // of each group of 16: 4 bits scale, 4 bits minimum
  std::array<uint8_t, 64> low;
  Half d, dmin;
};
struct BlockQ3K {
  std::array<uint8_t, 32> high;
  std::array<uint8_t, 64> low;
  std::array<uint8_t, 12> scales;  // 16 of 6 bits
  Half d;
};
struct BlockQ4K {
  Half d, dmin;
  std::array<uint8_t, 12> scales;  // 8 scales and 8 minima of 6 bits
  std::array<uint8_t, 128> low;
};
struct BlockQ5K {
  Half d, dmin;
  std::array<uint8_t, 12> scales;
  std::array<uint8_t, 32> high;
  std::array<uint8_t, 128> low;
};
struct BlockQ6K {
  std::array<uint8_t, 128> low;
  std::array<uint8_t, 64> high;
  std::array<int8_t, 16> scales;
  Half d;
};

/// Calls fill(block, float* of Count) for each block.
template <typename Block, std::size_t Count, typename Fill>
void for_each_block(std::span<const std::byte> blocks, std::span<float> values, Fill fill) {
  for (std::size_t i = 0; i < values.size() / Count; ++i) {
    Block block;
    std::memcpy(&block, blocks.subspan(i * sizeof(Block), sizeof(Block)).data(), sizeof(Block));
    fill(block, values.subspan(i * Count, Count).data());
  }
}

/// Number i of a block of 32 that keeps two of 4 bits in a byte.
int low_nibble_pair(const std::array<uint8_t, 16>& low, std::size_t i) {
  return i < 16 ? low[i] & 0xF : low[i - 16] >> 4;
}

int high_bit(const std::array<uint8_t, 4>& high, std::size_t i) { return (high[i / 8] >> (i % 8)) & 1; }

struct GroupScale {
  int scale, minimum;
};

/// Scale and minimum of group 0 to 7. The first four of each have their 6 bits in a byte of their own; the upper two
/// bits of those bytes and four bits of the last bytes make up the other four.
GroupScale group_scale(const std::array<uint8_t, 12>& packed, std::size_t group) {
  if (group < 4) return {packed[group] & 63, packed[group + 4] & 63};
  return {(packed[group + 4] & 0xF) | (packed[group - 4] >> 6) << 4, (packed[group + 4] >> 4) | (packed[group] >> 6)
                                                                                                    << 4};
}

/// Scale of group 0 to 15, -32 to 31: four bits from the first eight bytes, two from the last four.
int group_scale_q3(const std::array<uint8_t, 12>& packed, std::size_t group) {
  const int low = group < 8 ? packed[group] & 0xF : packed[group - 8] >> 4;
  const int high = (packed[8 + group % 4] >> (2 * (group / 4))) & 3;
  return (low | high << 4) - 32;
}

/// Number i of a block of 256 whose 2 low bits lie in 64 bytes: 32 bytes hold the numbers of one half, 32 numbers of
/// them in each pair of bits.
int two_bits(const std::array<uint8_t, 64>& low, std::size_t i) {
  const std::size_t half = i / 128, in_half = i % 128;
  return (low[half * 32 + in_half % 32] >> (2 * (in_half / 32))) & 3;
}

/// Number i of a block of 256 whose 4 low bits lie in 128 bytes: 32 bytes hold 64 numbers.
int four_bits(const std::array<uint8_t, 128>& low, std::size_t i) {
  const uint8_t pair = low[i / 64 * 32 + i % 32];
  return i % 64 < 32 ? pair & 0xF : pair >> 4;
}

}  // namespace

void expand_q4_0(std::span<const std::byte> blocks, std::span<float> values) {
  for_each_block<BlockQ40, kSmall>(blocks, values, [](const BlockQ40& block, float* out) {
    const float d = value_of(block.d);
    for (std::size_t i = 0; i < kSmall; ++i) out[i] = static_cast<float>(low_nibble_pair(block.low, i) - 8) * d;
  });
}

void expand_q4_1(std::span<const std::byte> blocks, std::span<float> values) {
  for_each_block<BlockQ41, kSmall>(blocks, values, [](const BlockQ41& block, float* out) {
    const float d = value_of(block.d), m = value_of(block.m);
    for (std::size_t i = 0; i < kSmall; ++i) out[i] = static_cast<float>(low_nibble_pair(block.low, i)) * d + m;
  });
}

void expand_q5_0(std::span<const std::byte> blocks, std::span<float> values) {
  for_each_block<BlockQ50, kSmall>(blocks, values, [](const BlockQ50& block, float* out) {
    const float d = value_of(block.d);
    for (std::size_t i = 0; i < kSmall; ++i) {
      const int q = low_nibble_pair(block.low, i) | high_bit(block.high, i) << 4;
      out[i] = static_cast<float>(q - 16) * d;
    }
  });
}

void expand_q5_1(std::span<const std::byte> blocks, std::span<float> values) {
  for_each_block<BlockQ51, kSmall>(blocks, values, [](const BlockQ51& block, float* out) {
    const float d = value_of(block.d), m = value_of(block.m);
    for (std::size_t i = 0; i < kSmall; ++i) {
      const int q = low_nibble_pair(block.low, i) | high_bit(block.high, i) << 4;
      out[i] = static_cast<float>(q) * d + m;
    }
  });
}

void expand_q8_0(std::span<const std::byte> blocks, std::span<float> values) {
  for_each_block<BlockQ80, kSmall>(blocks, values, [](const BlockQ80& block, float* out) {
    const float d = value_of(block.d);
    for (std::size_t i = 0; i < kSmall; ++i) out[i] = static_cast<float>(block.q[i]) * d;
  });
}

void expand_q2_k(std::span<const std::byte> blocks, std::span<float> values) {
  for_each_block<BlockQ2K, kLarge>(blocks, values, [](const BlockQ2K& block, float* out) {
    const float d = value_of(block.d), dmin = value_of(block.dmin);
    for (std::size_t i = 0; i < kLarge; ++i) {
      const uint8_t group = block.scales[i / 16];
      const float scale = d * static_cast<float>(group & 0xF), minimum = dmin * static_cast<float>(group >> 4);
      out[i] = scale * static_cast<float>(two_bits(block.low, i)) - minimum;
    }
  });
}

void expand_q3_k(std::span<const std::byte> blocks, std::span<float> values) {
  for_each_block<BlockQ3K, kLarge>(blocks, values, [](const BlockQ3K& block, float* out) {
    const float d = value_of(block.d);
    for (std::size_t i = 0; i < kLarge; ++i) {
      const float scale = d * static_cast<float>(group_scale_q3(block.scales, i / 16));
      const bool has_high_bit = ((block.high[i % 32] >> (i / 32)) & 1) != 0;
      out[i] = scale * static_cast<float>(two_bits(block.low, i) - (has_high_bit ? 0 : 4));
    }
  });
}

void expand_q4_k(std::span<const std::byte> blocks, std::span<float> values) {
  for_each_block<BlockQ4K, kLarge>(blocks, values, [](const BlockQ4K& block, float* out) {
    const float d = value_of(block.d), dmin = value_of(block.dmin);
    for (std::size_t i = 0; i < kLarge; ++i) {
      const GroupScale group = group_scale(block.scales, i / 32);
      const float scale = d * static_cast<float>(group.scale), minimum = dmin * static_cast<float>(group.minimum);
      out[i] = scale * static_cast<float>(four_bits(block.low, i)) - minimum;
    }
  });
}

void expand_q5_k(std::span<const std::byte> blocks, std::span<float> values) {
  for_each_block<BlockQ5K, kLarge>(blocks, values, [](const BlockQ5K& block, float* out) {
    const float d = value_of(block.d), dmin = value_of(block.dmin);
    for (std::size_t i = 0; i < kLarge; ++i) {
      const GroupScale group = group_scale(block.scales, i / 32);
      const float scale = d * static_cast<float>(group.scale), minimum = dmin * static_cast<float>(group.minimum);
      const int fifth = (block.high[i % 32] >> (i / 32)) & 1;
      out[i] = scale * static_cast<float>(four_bits(block.low, i) | fifth << 4) - minimum;
    }
  });
}

void expand_q6_k(std::span<const std::byte> blocks, std::span<float> values) {
  for_each_block<BlockQ6K, kLarge>(blocks, values, [](const BlockQ6K& block, float* out) {
    const float d = value_of(block.d);
    for (std::size_t i = 0; i < kLarge; ++i) {
      // In each half: 64 bytes of low bits hold numbers 0 to 63 below, 64 to 127 above.
      const std::size_t half = i / 128, in_half = i % 128;
      const uint8_t pair = block.low[half * 64 + in_half % 64];
      const int low = in_half < 64 ? pair & 0xF : pair >> 4;
      const int high = (block.high[half * 32 + in_half % 32] >> (2 * (in_half / 32))) & 3;
      const float scale = d * static_cast<float>(block.scales[i / 16]);
      out[i] = scale * static_cast<float>((low | high << 4) - 32);
    }
  });
}

}  // namespace fude::io
