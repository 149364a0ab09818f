#include "pipelines/comparison/grid_drawing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace fude::pipelines::comparison {
namespace {

using Colour = std::array<std::uint8_t, 3>;

io::Image plain(int width, int height, const Colour& colour) {
  io::Image image{.width = width, .height = height, .channels = 3, .pixels = {}};
  for (int i = 0; i < width * height; ++i) image.pixels.insert(image.pixels.end(), colour.begin(), colour.end());
  return image;
}

Colour at(const io::Image& image, int x, int y) {
  const std::uint8_t* pixel = &image.pixels[static_cast<std::size_t>((y * image.width + x) * 3)];
  return {pixel[0], pixel[1], pixel[2]};
}

// How many pixels of a part are not white.
int ink(const io::Image& image, int left, int top, int right, int bottom) {
  int count = 0;
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) count += at(image, x, y) != Colour{255, 255, 255};
  }
  return count;
}

constexpr Colour kRed{255, 0, 0}, kBlue{0, 0, 255}, kWhite{255, 255, 255};

TEST(DrawGrid, PutsPicturesInRowsWithAMarginBetween) {
  const io::Image red = plain(16, 8, kRed), blue = plain(16, 8, kBlue);
  const GridLayout layout{.columns = 2, .rows = 2, .cell_width = 16, .cell_height = 8, .margin = 4};
  const std::vector<GridPlace> places{{.picture = &red}, {.picture = &blue}, {.picture = &blue}};
  const io::Image grid = draw_grid(layout, places);
  ASSERT_EQ(grid.width, 36);
  ASSERT_EQ(grid.height, 20);
  EXPECT_EQ(at(grid, 15, 7), kRed);
  EXPECT_EQ(at(grid, 16, 0), kWhite);
  EXPECT_EQ(at(grid, 20, 0), kBlue);
  EXPECT_EQ(at(grid, 0, 12), kBlue);
  EXPECT_EQ(at(grid, 20, 12), kWhite);
}

TEST(DrawGrid, CentresSmallerPicturesAndTakesGreyOnes) {
  const io::Image red = plain(4, 4, kRed);
  const io::Image grey{.width = 8, .height = 8, .channels = 1, .pixels = std::vector<std::uint8_t>(64, 9)};
  const GridLayout layout{.columns = 2, .rows = 1, .cell_width = 8, .cell_height = 8};
  const io::Image grid = draw_grid(layout, std::vector<GridPlace>{{.picture = &red}, {.picture = &grey}});
  EXPECT_EQ(at(grid, 1, 1), kWhite);
  EXPECT_EQ(at(grid, 2, 2), kRed);
  EXPECT_EQ(at(grid, 5, 5), kRed);
  EXPECT_EQ(at(grid, 6, 6), kWhite);
  EXPECT_EQ(at(grid, 8, 0), (Colour{9, 9, 9}));
}

TEST(DrawGrid, WritesLegendsAboveAndToTheLeft) {
  const GridLayout layout{.columns = 2,
                          .rows = 1,
                          .cell_width = 200,
                          .cell_height = 100,
                          .column_legends = {{{.text = "Steps: 10"}}, {{.text = "日本語の説明"}}},
                          .row_legends = {{{.text = "Euler a"}}}};
  const io::Image red = plain(200, 100, kRed);
  const io::Image grid = draw_grid(layout, std::vector<GridPlace>{{.picture = &red}, {.picture = &red}});
  const int left = 150, top = grid.height - 100;
  ASSERT_EQ(grid.width, left + 400);
  EXPECT_GT(top, 12);
  EXPECT_GT(ink(grid, left, 0, left + 200, top), 20);
  EXPECT_GT(ink(grid, left + 200, 0, left + 400, top), 20);
  EXPECT_GT(ink(grid, 0, top, left, top + 100), 20);
  EXPECT_EQ(ink(grid, 0, 0, left, top), 0);
  EXPECT_EQ(at(grid, left, top), kRed);
}

TEST(DrawGrid, StrikesOutWhatTakesNoPart) {
  GridLayout layout{.columns = 1, .rows = 1, .cell_width = 300, .cell_height = 60};
  layout.column_legends = {{{.text = "part"}}};
  const GridSize size = grid_size(layout);
  const io::Image active = draw_grid(layout, {});
  layout.column_legends[0][0].is_active = false;
  const io::Image inactive = draw_grid(layout, {});
  const int top = static_cast<int>(size.height) - 60;
  std::uint8_t darkest_active = 255, darkest_inactive = 255;
  for (int i = 0; i < top * 300; ++i) {
    darkest_active = std::min(darkest_active, active.pixels[static_cast<std::size_t>(i) * 3]);
    darkest_inactive = std::min(darkest_inactive, inactive.pixels[static_cast<std::size_t>(i) * 3]);
  }
  EXPECT_LT(darkest_active, 60);
  EXPECT_GT(darkest_inactive, 120);
}

TEST(DrawGrid, WrapsLongLegendsAndKeepsWithinTheirColumn) {
  GridLayout layout{.columns = 2, .rows = 1, .cell_width = 120, .cell_height = 60};
  layout.column_legends = {{{.text = "short"}}, {{.text = ""}}};
  const GridSize one_line = grid_size(layout);
  layout.column_legends[0][0].text = "many words that need several lines to be written in so narrow a column";
  EXPECT_GT(grid_size(layout).height, one_line.height + 15);
  layout.column_legends[0][0].text = std::string(200, 'W');
  const io::Image grid = draw_grid(layout, {});
  EXPECT_EQ(ink(grid, 120, 0, 240, grid.height), 0);
}

TEST(DrawGrid, ShowsWhyACellFailedInItsPlace) {
  const GridLayout layout{.columns = 2, .rows = 1, .cell_width = 120, .cell_height = 60};
  const io::Image grid = draw_grid(layout, std::vector<GridPlace>{{.message = "model 'a' is damaged\x01"}, {}});
  EXPECT_GT(ink(grid, 0, 0, 120, 60), 20);
  EXPECT_EQ(ink(grid, 120, 0, 240, 60), 0);
}

TEST(CheckGridSize, RefusesWhatIsTooLarge) {
  check_grid_size({.width = 20000, .height = 10000});
  EXPECT_THROW(check_grid_size({.width = 20000, .height = 10001}), Error);
  EXPECT_THROW(draw_grid({.columns = 1000, .rows = 10, .cell_width = 512, .cell_height = 512}, {}), Error);
}

TEST(GridRows, FollowTheSetting) {
  EXPECT_EQ(grid_rows(4, -1, 1, false), 2u);
  EXPECT_EQ(grid_rows(7, -1, 1, false), 3u);
  EXPECT_EQ(grid_rows(8, 0, 4, false), 2u);
  EXPECT_EQ(grid_rows(9, 0, 4, false), 3u);
  EXPECT_EQ(grid_rows(8, 3, 1, false), 3u);
  EXPECT_EQ(grid_rows(8, 3, 1, true), 2u);
  EXPECT_EQ(grid_rows(7, -1, 1, true), 1u);
  EXPECT_EQ(grid_rows(2, 50, 1, false), 2u);
  EXPECT_EQ(grid_rows(1, -1, 0, true), 1u);
}

}  // namespace
}  // namespace fude::pipelines::comparison
