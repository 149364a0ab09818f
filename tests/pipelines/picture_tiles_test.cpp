#include "pipelines/picture_tiles.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/support/refusal.h"

namespace fude::pipelines {
namespace {

io::Image gradient(int width, int height) {
  io::Image image{.width = width, .height = height, .channels = 3, .pixels = {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (const int shade : {x, y, x + y}) image.pixels.push_back(static_cast<std::uint8_t>(shade % 256));
    }
  }
  return image;
}

io::Image plain(int width, int height, std::uint8_t shade) {
  return {.width = width,
          .height = height,
          .channels = 3,
          .pixels = std::vector<std::uint8_t>(static_cast<std::size_t>(width * height) * 3, shade)};
}

TEST(PictureGrid, SpreadsTilesEvenlyAsTheWebUiDoes) {
  // By its rule: ceil((1024 - 64) / (512 - 64)) = 3, 256 apart.
  const PictureGrid grid = picture_grid(1024, 512, 512, 512, 64);
  EXPECT_EQ(grid.lefts, (std::vector<int>{0, 256, 512}));
  EXPECT_EQ(grid.tops, (std::vector<int>{0}));
  EXPECT_EQ(grid.count(), 3);
  // 1000 / 448 rounded up; int(1 * 188.0), int(2 * 188.0).
  EXPECT_EQ(picture_grid(1064, 512, 512, 512, 64).lefts, (std::vector<int>{0, 276, 552}));
}

TEST(PictureGrid, CutsTilesDownToASmallerPicture) {
  const PictureGrid grid = picture_grid(300, 203, 512, 512, 64);
  EXPECT_EQ(grid.tile_width, 296);
  EXPECT_EQ(grid.tile_height, 200);
  EXPECT_EQ(grid.lefts, (std::vector<int>{0, 4}));
  EXPECT_EQ(grid.tops, (std::vector<int>{0, 3}));
}

TEST(PictureGrid, RefusesWhatCannotBeCut) {
  const auto cut = [](int side, int tile, int overlap) {
    return [=] { picture_grid(side, side, tile, tile, overlap); };
  };
  EXPECT_EQ(tests::refusal(ErrorCode::kInvalidArgument, cut(512, 128, 128)),
            "sd_upscale_overlap is 128, expected less than the sides of a tile of 128x128");
  EXPECT_EQ(tests::refusal(ErrorCode::kInvalidArgument, cut(63, 512, 0)),
            "the picture to redraw in tiles is 63x63, expected at least 64 pixels a side");
  tests::refusal(ErrorCode::kInvalidArgument, cut(100, 512, 100));
  EXPECT_NO_THROW(cut(512, 128, 120)());
}

TEST(JoinedTiles, GiveBackThePictureThatWasCut) {
  const io::Image picture = gradient(200, 168);
  for (const int overlap : {0, 8, 40}) {
    const PictureGrid grid = picture_grid(200, 168, 72, 64, overlap);
    std::vector<io::Image> tiles;
    for (int i = 0; i < grid.count(); ++i) tiles.push_back(tile_of(picture, grid, i));
    EXPECT_EQ(joined_tiles(grid, tiles).pixels, picture.pixels) << overlap;
  }
}

TEST(JoinedTiles, GiveWayLinearlyOverTheOverlap) {
  const PictureGrid grid = picture_grid(112, 64, 64, 64, 16);
  ASSERT_EQ(grid.lefts, (std::vector<int>{0, 48}));
  const std::vector<io::Image> tiles{plain(64, 64, 0), plain(64, 64, 255)};
  const io::Image joined = joined_tiles(grid, tiles);
  const auto shade = [&](int x) { return int{joined.pixels[static_cast<std::size_t>(x) * 3]}; };
  EXPECT_EQ(shade(47), 0);
  EXPECT_EQ(shade(48), 0);
  EXPECT_EQ(shade(52), 4 * 255 / 16);
  EXPECT_EQ(shade(56), 8 * 255 / 16);
  EXPECT_EQ(shade(64), 255);
  for (int x = 49; x < 64; ++x) EXPECT_GT(shade(x), shade(x - 1));
}

}  // namespace
}  // namespace fude::pipelines
