#pragma once

#include <array>
#include <span>
#include <vector>

/// What a face detector's numbers mean; knows nothing of tensors.
namespace fude::models {

/// In pixels from the picture's upper left corner.
struct FacePoint {
  float x = 0, y = 0;

  bool operator==(const FacePoint&) const = default;
};

struct DetectedFace {
  float left = 0, top = 0, right = 0, bottom = 0;
  float score = 0;                          // 0..1
  std::array<FacePoint, 5> landmarks = {};  // the eyes as the picture shows them left to right, nose, mouth's corners
};

/// What the network says at one of its three maps: two anchors a cell, cells row by row.
struct FaceMap {
  int rows = 0, columns = 0;
  int stride = 8;                    // pixels of the picture a cell
  std::array<int, 2> sizes = {};     // pixels a side of the anchors
  std::span<const float> offsets;    // [rows*columns*2, 4]
  std::span<const float> scores;     // [rows*columns*2, 2]: of no face, of a face, before the softmax
  std::span<const float> landmarks;  // [rows*columns*2, 10]
};

/// The stride and anchors of map 0, 1, 2 (Deng et al. 2019, arXiv:1905.00641, as its public implementation has them).
FaceMap face_map_grid(int map);

/// Faces whose score is above `threshold`: a box's centre and landmarks are off the anchor's centre by a tenth of its
/// size, the logarithm of a side by a fifth of a unit. What is not finite is left out.
std::vector<DetectedFace> faces_in(const FaceMap& map, float threshold);

/// The faces by falling score, without those that share more than `overlap` of their joint area with a better one;
/// boxes count both their edges' pixels. Of more than kMostCandidates the best are looked at.
std::vector<DetectedFace> without_overlaps(std::vector<DetectedFace> faces, float overlap);
inline constexpr int kMostCandidates = 5000;

}  // namespace fude::models
