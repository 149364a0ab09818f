#include "training/painter/canvas.h"

#include <gtest/gtest.h>

#include <array>

namespace fude::painter {
namespace {

constexpr int kSide = 32;
constexpr Color kRed{1, 0, 0}, kBlue{0, 0, 1};

std::array<int, 3> at(const Canvas& canvas, int x, int y) {
  const std::vector<std::uint8_t> pixels = canvas.pixels();
  const std::uint8_t* rgb = &pixels[(y * kSide + x) * 3];
  return {rgb[0], rgb[1], rgb[2]};
}

TEST(Canvas, FillsInsideAPathAlone) {
  Canvas canvas(kSide);
  canvas.cover(kWhite);
  canvas.fill(Path::rectangle(8, 8, 16, 16), kRed);
  EXPECT_EQ(at(canvas, 16, 16), (std::array{255, 0, 0}));
  EXPECT_EQ(at(canvas, 4, 16), (std::array{255, 255, 255}));
}

TEST(Canvas, SmoothsEdges) {
  Canvas canvas(kSide);
  canvas.fill(Path::rectangle(8.5, 0, 10, kSide), kWhite);
  EXPECT_NEAR(at(canvas, 8, 16)[0], 128, 3);
}

TEST(Canvas, ClipsAndRestores) {
  Canvas canvas(kSide);
  canvas.within(Path::rectangle(0, 0, 16, kSide), [&] { canvas.cover(kRed); });
  EXPECT_EQ(at(canvas, 24, 16), (std::array{0, 0, 0}));
  canvas.cover(kBlue);
  EXPECT_EQ(at(canvas, 24, 16), (std::array{0, 0, 255}));
}

TEST(Canvas, PlacesAndMirrorsFrames) {
  Canvas canvas(kSide);
  canvas.placed({16, 0}, 0, -1, 1, [&] { canvas.fill(Path::rectangle(0, 0, 16, kSide), kRed); });
  EXPECT_EQ(at(canvas, 8, 8), (std::array{255, 0, 0}));
  EXPECT_EQ(at(canvas, 24, 8), (std::array{0, 0, 0}));
}

TEST(Canvas, InksTheOutlineAndSlipsTheFill) {
  Canvas neat(kSide), slipped(kSide);
  slipped.set_slip({6, 0});
  for (Canvas* canvas : {&neat, &slipped}) canvas->inked(Path::rectangle(8, 8, 12, 12), kRed, kBlue, 4);
  EXPECT_EQ(at(neat, 8, 14), (std::array{0, 0, 255}));
  EXPECT_EQ(at(neat, 24, 14), (std::array{0, 0, 0}));
  EXPECT_EQ(at(slipped, 24, 14), (std::array{255, 0, 0}));
}

TEST(Path, MirrorsAndMoves) {
  Canvas canvas(kSide);
  canvas.fill(Path::rectangle(-12, 4, 8, 8).mirrored().moved(2, 0), kRed);  // 4..12 moved to 6..14
  EXPECT_EQ(at(canvas, 10, 8), (std::array{255, 0, 0}));
  EXPECT_EQ(at(canvas, 4, 8), (std::array{0, 0, 0}));
}

}  // namespace
}  // namespace fude::painter
