#include "models/upscalers/window_grid.h"

#include <gtest/gtest.h>

namespace fude::models {
namespace {

constexpr WindowGrid kGrid{.height = 2, .width = 3};

TEST(CutIntoWindows, GoesRowByRowAndBack) {
  const at::Tensor map = at::arange(2 * 4 * 6 * 2).view({2, 4, 6, 2});
  const at::Tensor windows = cut_into_windows(map, kGrid);
  EXPECT_EQ(windows.size(0), 8);
  EXPECT_TRUE(at::equal(windows[1], map[0].narrow(0, 0, 2).narrow(1, 3, 3).reshape({6, 2})));
  EXPECT_TRUE(at::equal(join_windows(windows, kGrid, 4, 6), map));
}

TEST(RelativePositions, AreNumberedFromTheFarthest) {
  const at::Tensor positions = relative_positions(kGrid);
  EXPECT_EQ(positions[0][5].item<int64_t>(), 0);
  EXPECT_EQ(positions[5][0].item<int64_t>(), 14);
  EXPECT_EQ(positions[2][2].item<int64_t>(), 7);
}

TEST(RolledRegions, PartTokensThatWereApart) {
  const at::Tensor regions = rolled_regions(kGrid, 4, 6, 1, 1);
  EXPECT_TRUE(regions[0].eq(regions[0][0]).all().item<bool>());
  EXPECT_TRUE(regions[3][0].ne(regions[3][2]).item<bool>());
  EXPECT_TRUE(regions[3][0].ne(regions[3][3]).item<bool>());
  EXPECT_TRUE(regions[3][0].eq(regions[3][1]).item<bool>());
}

}  // namespace
}  // namespace fude::models
