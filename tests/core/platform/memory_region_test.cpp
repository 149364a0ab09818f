#include "core/platform/memory_region.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

namespace fude::platform {
namespace {

constexpr std::size_t kMegabyte = std::size_t{1} << 20;

TEST(MemoryRegion, GivesTheSameMemoryAgain) {
  MemoryRegion region(64 * kMegabyte, 64 * kMegabyte);
  void* first = region.take(3 * kMegabyte + 5);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % 4096, 0U);
  std::memset(first, 7, 3 * kMegabyte + 5);
  region.give_back(first);
  EXPECT_EQ(region.in_use(), 0U);
  EXPECT_EQ(region.take(3 * kMegabyte), first);
  region.give_back(first);
}

TEST(MemoryRegion, JoinsFreeNeighboursWhateverTheirOrder) {
  MemoryRegion region(12 * kMegabyte, 64 * kMegabyte);
  for (const std::vector<int>& order : {std::vector<int>{0, 1, 2}, {2, 1, 0}, {0, 2, 1}, {1, 0, 2}}) {
    std::vector<void*> pieces;
    for (int i = 0; i < 3; ++i) pieces.push_back(region.take(4 * kMegabyte));
    for (const int i : order) region.give_back(pieces[i]);
    void* whole = region.take(12 * kMegabyte);
    EXPECT_NE(whole, nullptr);
    region.give_back(whole);
  }
}

TEST(MemoryRegion, CutsFromTheSmallestPlaceThatIsLargeEnough) {
  MemoryRegion region(64 * kMegabyte, 64 * kMegabyte);
  void* large = region.take(8 * kMegabyte);
  void* wall = region.take(kMegabyte);
  void* small = region.take(2 * kMegabyte);
  void* other_wall = region.take(kMegabyte);
  region.give_back(large);
  region.give_back(small);
  EXPECT_EQ(region.take(2 * kMegabyte), small);
  EXPECT_EQ(region.take(8 * kMegabyte), large);
  EXPECT_EQ(region.high_water(), 12 * kMegabyte);
  for (void* piece : {large, wall, small, other_wall}) region.give_back(piece);
}

TEST(MemoryRegion, RefusesWhatItHasNoAddressesFor) {
  MemoryRegion region(4 * kMegabyte, 0);
  EXPECT_EQ(region.take(5 * kMegabyte), nullptr);
  void* all = region.take(4 * kMegabyte);
  ASSERT_NE(all, nullptr);
  EXPECT_EQ(region.take(1), nullptr);
  region.give_back(all);
}

TEST(MemoryRegion, ReturnsPagesWhenMoreThanItsShareLiesFree) {
  MemoryRegion region(16 * kMegabyte, kMegabyte);
  auto* piece = static_cast<char*>(region.take(4 * kMegabyte));
  std::memset(piece, 7, 4 * kMegabyte);
  region.give_back(piece);
  EXPECT_EQ(region.take(4 * kMegabyte), piece);
  EXPECT_EQ(piece[5], 0) << "the system hands out zeros";
  region.give_back(piece);
}

TEST(MemoryRegion, ReturnsWhatLiesFreeWhenItGrows) {
  MemoryRegion region(256 * kMegabyte, 256 * kMegabyte);
  auto* before = static_cast<char*>(region.take(40 * kMegabyte));
  void* wall = region.take(kMegabyte);
  std::memset(before, 7, 40 * kMegabyte);
  region.give_back(before);
  void* larger = region.take(60 * kMegabyte);
  EXPECT_EQ(region.take(40 * kMegabyte), before);
  EXPECT_EQ(before[5], 0) << "the system hands out zeros";
  for (void* piece : std::vector<void*>{before, wall, larger}) region.give_back(piece);
}

// As a network does it: many sizes, some of which live long.
TEST(MemoryRegion, PiecesNeverOverlapAndTheRegionStaysSmall) {
  MemoryRegion region(1024 * kMegabyte, 1024 * kMegabyte);
  std::mt19937 random(5);
  struct Piece {
    unsigned char* data;
    std::size_t bytes;
    unsigned char mark;
  };
  std::vector<Piece> pieces;
  std::size_t most_in_use = 0;
  for (int i = 0; i < 4000; ++i) {
    if (pieces.size() > 12 || (!pieces.empty() && random() % 2 == 0)) {
      const std::size_t which = random() % pieces.size();
      const Piece piece = pieces[which];
      ASSERT_EQ(piece.data[0], piece.mark);
      ASSERT_EQ(piece.data[piece.bytes - 1], piece.mark);
      region.give_back(piece.data);
      pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(which));
    } else {
      const std::size_t bytes = (1 + random() % 16) * kMegabyte / 4;
      auto* data = static_cast<unsigned char*>(region.take(bytes));
      ASSERT_NE(data, nullptr);
      const auto mark = static_cast<unsigned char>(random());
      data[0] = data[bytes - 1] = mark;
      pieces.push_back({data, bytes, mark});
    }
    most_in_use = std::max(most_in_use, region.in_use());
  }
  EXPECT_LT(region.high_water(), 2 * most_in_use);
  for (const Piece& piece : pieces) region.give_back(piece.data);
}

}  // namespace
}  // namespace fude::platform
