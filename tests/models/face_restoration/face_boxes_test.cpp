#include "models/face_restoration/face_boxes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace fude::models {
namespace {

/// A map of two columns and one row with what a network might say.
struct TwoCells {
  std::vector<float> offsets = std::vector<float>(4 * 4), scores = std::vector<float>(4 * 2),
                     landmarks = std::vector<float>(4 * 10);

  FaceMap map() const {
    FaceMap map = face_map_grid(1);
    map.rows = 1;
    map.columns = 2;
    map.offsets = offsets;
    map.scores = scores;
    map.landmarks = landmarks;
    return map;
  }
};

TEST(FaceMapGrid, HasTheStridesAndAnchorsOfTheOriginal) {
  const int strides[] = {8, 16, 32}, sizes[] = {16, 64, 256};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(face_map_grid(i).stride, strides[i]);
    EXPECT_EQ(face_map_grid(i).sizes, (std::array<int, 2>{sizes[i], 2 * sizes[i]}));
  }
}

TEST(FacesIn, PlacesABoxAndLandmarksAroundTheAnchor) {
  TwoCells cells;
  cells.scores[2 * 2 + 1] = 3;  // the second cell's smaller anchor: 64 pixels around (24, 8)
  cells.offsets = {0, 0, 0, 0, 0, 0, 0, 0, 1, -2, static_cast<float>(5 * std::log(2.0)), 0, 0, 0, 0, 0};
  cells.landmarks[20] = 10;
  cells.landmarks[29] = -5;
  const std::vector<DetectedFace> faces = faces_in(cells.map(), 0.9F);
  ASSERT_EQ(faces.size(), 1U);
  const float x = 24 + 6.4F, y = 8 - 12.8F;
  EXPECT_NEAR(faces[0].left, x - 64, 1e-4);
  EXPECT_NEAR(faces[0].right, x + 64, 1e-4);
  EXPECT_NEAR(faces[0].top, y - 32, 1e-4);
  EXPECT_NEAR(faces[0].bottom, y + 32, 1e-4);
  EXPECT_NEAR(faces[0].score, 1 / (1 + std::exp(-3.0)), 1e-6);
  EXPECT_NEAR(faces[0].landmarks[0].x, 24 + 64, 1e-4);
  EXPECT_NEAR(faces[0].landmarks[0].y, 8, 1e-4);
  EXPECT_NEAR(faces[0].landmarks[4].y, 8 - 32, 1e-4);
}

TEST(FacesIn, LeavesOutWhatIsNotFinite) {
  TwoCells cells;
  cells.scores = {0, 9, 0, 9, 0, 9, 0, std::numeric_limits<float>::quiet_NaN()};
  cells.offsets[3] = 1e9F;
  cells.landmarks[10] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(faces_in(cells.map(), 0.9F).size(), 1U);
}

TEST(WithoutOverlaps, KeepsTheBestOfThoseThatCoverEachOther) {
  // Boxes of 10x10 pixels; the second shares 8 of its 10 columns with the first: 80 of 120 pixels.
  const DetectedFace first{.left = 0, .top = 0, .right = 9, .bottom = 9, .score = 0.8F};
  const DetectedFace second{.left = 2, .top = 0, .right = 11, .bottom = 9, .score = 0.9F};
  const DetectedFace apart{.left = 30, .top = 0, .right = 39, .bottom = 9, .score = 0.7F};
  const std::vector<DetectedFace> kept = without_overlaps({first, second, apart}, 0.4F);
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].score, 0.9F);
  EXPECT_EQ(kept[1].score, 0.7F);
  EXPECT_EQ(without_overlaps({first, second}, 0.67F).size(), 2U);  // 80 / 120 is not above it
}

TEST(WithoutOverlaps, LooksAtABoundedNumber) {
  std::vector<DetectedFace> many;
  for (int i = 0; i < kMostCandidates + 10; ++i) {
    const auto left = static_cast<float>(20 * i);
    many.push_back({.left = left, .top = 0, .right = left + 9, .bottom = 9, .score = 0.5F});
  }
  EXPECT_EQ(without_overlaps(many, 0.4F).size(), static_cast<std::size_t>(kMostCandidates));
}

}  // namespace
}  // namespace fude::models
