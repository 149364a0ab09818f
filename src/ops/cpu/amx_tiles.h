#pragma once

#include <cstdint>
#include <cstring>

/// Products of tiles (Intel AMX) behind a small policy, in two implementations of the same meaning: `AmxTiles`
/// for the processors that have them and `EmulatedTiles`, plain code, with which an algorithm over tiles is tested on
/// all others. An algorithm is a template over the policy and makes one object in each piece of its work:
///
///     Tiles tiles;                     // sets this thread's tiles up; their contents are undefined
///     tiles.template zero<0>();
///     tiles.template load<4>(left, left_stride);
///     tiles.template load<6>(right, 64);
///     tiles.template multiply_add<0, 4, 6>();
///     tiles.template store<0>(sums, sums_stride);
///
/// There are 8 tiles of 16 rows of 64 bytes each; strides are in bytes. multiply_add<Sum, Left, Right>: Left holds 16
/// rows of 32 bfloat16 (l[m][k]), Right 16 rows of 16 pairs (r[2p][n], r[2p + 1][n] side by side in row p), Sum 16 rows
/// of 16 floats: s[m][n] += sum over k of l[m][k] * r[k][n]. Denormal numbers count as zero.
/// multiply_add_bytes: the same of 64 unsigned bytes a row of Left, 16 fours of signed bytes a row of Right, and Sum of
/// whole numbers of 32 bits, exact (modulo 2^32).
/// Use an object only in the thread that made it, and one at a time in a thread. An algorithm that runs on AmxTiles
/// needs instruction_set() == kAmx, which is when the system has given leave to use them, and for bytes
/// multiplies_int8(kAmx), too.

// In an anonymous namespace because every file compiles this for the instruction set of its own.
namespace fude::ops::cpu {
namespace {

inline constexpr int kTileCount = 8;
inline constexpr int kTileRows = 16;
inline constexpr int kTileRowBytes = 64;

class EmulatedTiles {
 public:
  template <int kTile>
  void zero() {
    std::memset(tiles_[kTile], 0, sizeof(tiles_[kTile]));
  }

  template <int kTile>
  void load(const void* memory, std::int64_t stride) {
    for (int row = 0; row < kTileRows; ++row)
      std::memcpy(tiles_[kTile][row], static_cast<const char*>(memory) + row * stride, kTileRowBytes);
  }

  template <int kTile>
  void store(void* memory, std::int64_t stride) const {
    for (int row = 0; row < kTileRows; ++row)
      std::memcpy(static_cast<char*>(memory) + row * stride, tiles_[kTile][row], kTileRowBytes);
  }

  template <int kSum, int kLeft, int kRight>
  void multiply_add() {
    static_assert(kSum != kLeft && kSum != kRight && kLeft != kRight, "the processor refuses a tile named twice");
    for (int row = 0; row < kTileRows; ++row) add_row(tiles_[kSum][row], tiles_[kLeft][row], tiles_[kRight]);
  }

  template <int kSum, int kLeft, int kRight>
  void multiply_add_bytes() {
    static_assert(kSum != kLeft && kSum != kRight && kLeft != kRight, "the processor refuses a tile named twice");
    for (int row = 0; row < kTileRows; ++row) add_row_of_bytes(tiles_[kSum][row], tiles_[kLeft][row], tiles_[kRight]);
  }

 private:
  using Row = std::uint32_t[kTileRowBytes / 4];

  static float low_half(std::uint32_t pair) { return float_of(pair << 16); }
  static float high_half(std::uint32_t pair) { return float_of(pair & 0xffff0000U); }

  static float float_of(std::uint32_t bits) {
    if ((bits & 0x7f800000U) == 0) bits &= 0x80000000U;
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
  }

  // The processor sums even and odd k apart, and adds both to the row at the end.
  static void add_row(Row& sums, const Row& left, const Row (&right)[kTileRows]) {
    float even[16] = {}, odd[16] = {}, total[16];
    for (int pair = 0; pair < kTileRows; ++pair) {
      const float left_even = low_half(left[pair]), left_odd = high_half(left[pair]);
      for (int n = 0; n < 16; ++n) {
        even[n] += left_even * low_half(right[pair][n]);
        odd[n] += left_odd * high_half(right[pair][n]);
      }
    }
    std::memcpy(total, sums, sizeof(total));
    for (int n = 0; n < 16; ++n) total[n] += even[n] + odd[n];
    std::memcpy(sums, total, sizeof(total));
  }

  static void add_row_of_bytes(Row& sums, const Row& left, const Row (&right)[kTileRows]) {
    for (int four = 0; four < kTileRows; ++four) {
      for (int shift = 0; shift < 32; shift += 8) {
        const auto number = static_cast<std::uint8_t>(left[four] >> shift);
        for (int n = 0; n < 16; ++n) {
          const auto weight = static_cast<std::int8_t>(right[four][n] >> shift);
          sums[n] += static_cast<std::uint32_t>(number * weight);
        }
      }
    }
  }

  alignas(64) Row tiles_[kTileCount][kTileRows];
};

// Own assembler words: the compiler's intrinsics of these names take tile numbers as written digits only, not as
// constants of a template, and GCC's do not say which memory they read.
#if defined(__AMX_TILE__) || defined(__AMXTILE__)  // as GCC and new Clang call it, as old Clang does
class AmxTiles {
 public:
  AmxTiles() {
    alignas(64) const Layout layout = full_tiles();
    asm volatile("ldtilecfg %0" ::"m"(layout));
  }
  ~AmxTiles() { asm volatile("tilerelease" ::: "memory"); }
  AmxTiles(const AmxTiles&) = delete;
  AmxTiles& operator=(const AmxTiles&) = delete;

  template <int kTile>
  void zero() {
    asm volatile("tilezero %%tmm%c0" ::"i"(kTile));
  }

  template <int kTile>
  void load(const void* memory, std::int64_t stride) {
    asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(memory), "r"(stride), "i"(kTile) : "memory");
  }

  template <int kTile>
  void store(void* memory, std::int64_t stride) const {
    asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(memory), "r"(stride), "i"(kTile) : "memory");
  }

  template <int kSum, int kLeft, int kRight>
  void multiply_add() {
    static_assert(kSum != kLeft && kSum != kRight && kLeft != kRight, "the processor refuses a tile named twice");
    asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kLeft), "i"(kRight));
  }

  template <int kSum, int kLeft, int kRight>
  void multiply_add_bytes() {
    static_assert(kSum != kLeft && kSum != kRight && kLeft != kRight, "the processor refuses a tile named twice");
    asm volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kLeft), "i"(kRight));
  }

 private:
  struct Layout {  // Intel's manual, volume 1, 18.1: palette 1
    std::uint8_t palette, start_row, reserved[14];
    std::uint16_t row_bytes[16];
    std::uint8_t rows[16];
  };
  static_assert(sizeof(Layout) == 64);

  static Layout full_tiles() {
    Layout layout{};
    layout.palette = 1;
    for (int tile = 0; tile < kTileCount; ++tile) {
      layout.row_bytes[tile] = kTileRowBytes;
      layout.rows[tile] = kTileRows;
    }
    return layout;
  }
};
#endif

}  // namespace
}  // namespace fude::ops::cpu
