#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weights/tensor_index.h"

namespace fude::models {

/// Most vectors that one word may stand for: what fits a chunk of text.
constexpr int64_t kMostWordVectors = 75;

/// The tensors that hold the vectors of one textual inversion: one, or SDXL's two, the smaller text encoder's first.
/// Each is [n,D] or [D], 1 <= n <= kMostWordVectors, both with one n.
using EmbeddingKeys = std::vector<std::string>;

/// Finds them in a file of any layout in use: the web UI's pickle ("string_to_param"), sd-scripts' ("emb_params"), one
/// tensor under the word itself (diffusers), SDXL's pair ("clip_l", "clip_g"). `file`: its name, for messages.
/// Throws Error(kUnsupportedModel) when it is none of these.
EmbeddingKeys find_embedding(const weights::TensorIndex& index, std::string_view file);

/// [n,D] of a tensor that find_embedding() found.
struct EmbeddingShape {
  int64_t count = 0, width = 0;
};
EmbeddingShape embedding_shape(const std::vector<int64_t>& shape);

/// What a picture carries (io::find_embedding_json()).
struct PictureEmbedding {
  std::string name;  // the word; empty: none stored
  EmbeddingShape shape;
  std::vector<float> numbers;  // row by row
};

/// `file`: its name, for messages. Throws Error(kCorruptFile).
PictureEmbedding read_picture_embedding(std::string_view json, std::string_view file);

}  // namespace fude::models
