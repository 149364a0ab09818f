#include "models/face_restoration/face_boxes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace fude::models {
namespace {

constexpr float kCentreUnit = 0.1F, kSideUnit = 0.2F;

// softmax([no face, face])[1].
float probability(float no_face, float face) { return 1.0F / (1.0F + std::exp(no_face - face)); }

bool is_finite(const DetectedFace& face) {
  const bool has_landmarks = std::ranges::all_of(
      face.landmarks, [](const FacePoint& point) { return std::isfinite(point.x) && std::isfinite(point.y); });
  return has_landmarks && std::isfinite(face.left) && std::isfinite(face.top) && std::isfinite(face.right) &&
         std::isfinite(face.bottom);
}

DetectedFace face_at(const FaceMap& map, std::size_t anchor, float score) {
  const auto cell = static_cast<int>(anchor / 2);
  const auto size = static_cast<float>(map.sizes[anchor % 2]);
  const float x = (static_cast<float>(cell % map.columns) + 0.5F) * static_cast<float>(map.stride);
  const float y = (static_cast<float>(cell / map.columns) + 0.5F) * static_cast<float>(map.stride);
  const float unit = kCentreUnit * size;
  const auto offsets = map.offsets.subspan(anchor * 4, 4);
  const auto points = map.landmarks.subspan(anchor * 10, 10);
  const float width = size * std::exp(kSideUnit * offsets[2]), height = size * std::exp(kSideUnit * offsets[3]);
  DetectedFace face{.left = x + unit * offsets[0] - width / 2, .top = y + unit * offsets[1] - height / 2};
  face.right = face.left + width;
  face.bottom = face.top + height;
  face.score = score;
  for (std::size_t i = 0; i < face.landmarks.size(); ++i)
    face.landmarks[i] = {.x = x + unit * points[2 * i], .y = y + unit * points[2 * i + 1]};
  return face;
}

float area(const DetectedFace& face) { return (face.right - face.left + 1) * (face.bottom - face.top + 1); }

// Of both faces' joint area the share that both cover.
float overlap_of(const DetectedFace& a, const DetectedFace& b) {
  const float width = std::max(0.0F, std::min(a.right, b.right) - std::max(a.left, b.left) + 1);
  const float height = std::max(0.0F, std::min(a.bottom, b.bottom) - std::max(a.top, b.top) + 1);
  const float both = width * height;
  return both / (area(a) + area(b) - both);
}

}  // namespace

FaceMap face_map_grid(int map) {
  constexpr int kFirstStride = 8, kFirstSize = 16;
  FaceMap grid;
  grid.stride = kFirstStride << map;
  grid.sizes = {kFirstSize << (2 * map), kFirstSize << (2 * map + 1)};
  return grid;
}

std::vector<DetectedFace> faces_in(const FaceMap& map, float threshold) {
  std::vector<DetectedFace> faces;
  const std::size_t anchors = static_cast<std::size_t>(map.rows) * static_cast<std::size_t>(map.columns) * 2;
  for (std::size_t anchor = 0; anchor < anchors; ++anchor) {
    const float score = probability(map.scores[2 * anchor], map.scores[2 * anchor + 1]);
    if (!(score > threshold)) continue;
    const DetectedFace face = face_at(map, anchor, score);
    if (is_finite(face)) faces.push_back(face);
  }
  return faces;
}

std::vector<DetectedFace> without_overlaps(std::vector<DetectedFace> faces, float overlap) {
  std::ranges::stable_sort(faces, std::greater<>(), &DetectedFace::score);
  faces.resize(std::min<std::size_t>(faces.size(), kMostCandidates));
  std::vector<DetectedFace> kept;
  for (const DetectedFace& face : faces) {
    const bool is_new =
        std::ranges::all_of(kept, [&](const DetectedFace& better) { return overlap_of(better, face) <= overlap; });
    if (is_new) kept.push_back(face);
  }
  return kept;
}

}  // namespace fude::models
