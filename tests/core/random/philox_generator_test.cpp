#include "core/random/philox_generator.h"

#include <gmock/gmock.h>

#include <array>
#include <vector>

namespace fude {
namespace {

using Words = std::array<std::uint32_t, 4>;

// The known answers published with the authors' Random123 library.
TEST(Philox4x32, GivesTheAuthorsKnownAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Words{0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}));
  constexpr std::uint32_t kOnes = 0xFFFFFFFF;
  EXPECT_EQ(philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Words{0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}));
  EXPECT_EQ(philox4x32({0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344}, {0xA4093822, 0x299F31D0}),
            (Words{0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}));
}

TEST(PhiloxGenerator, LaterDrawsDoNotDependOnEarlierSizes) {
  PhiloxGenerator one(7), other(7);
  std::vector<float> small(3), large(100), left(8), right(8);
  one.fill_normal(small);
  other.fill_normal(large);
  one.fill_normal(left);
  other.fill_normal(right);
  EXPECT_EQ(left, right);
}

TEST(PhiloxGenerator, UsesAll64BitsOfTheSeed) {
  PhiloxGenerator low(5), high(5 + (std::uint64_t{1} << 32U));
  std::vector<float> left(4), right(4);
  low.fill_normal(left);
  high.fill_normal(right);
  EXPECT_NE(left, right);
}

}  // namespace
}  // namespace fude
