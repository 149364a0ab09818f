#include "models/adapters/embedding_layout.h"

#include <fmt/ranges.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"

namespace fude::models {
namespace {

using Json = nlohmann::json;

constexpr int64_t kLargestWidth = 1 << 14;

/// Throws for what cannot be vectors of a word.
void check_shape(const weights::TensorIndex& index, const std::string& key, std::string_view file) {
  const std::vector<int64_t>& shape = index.at(key);
  const EmbeddingShape rows = embedding_shape(shape);
  const bool fits = rows.count >= 1 && rows.count <= kMostWordVectors && rows.width >= 1 && rows.width <= kLargestWidth;
  if (fits) return;
  fail(ErrorCode::kUnsupportedModel, "'{}': embedding '{}' has shape [{}], expected [1 to {}, width]", printable(file),
       printable(key), fmt::join(shape, ", "), kMostWordVectors);
}

std::optional<std::string> single_key(const weights::TensorIndex& index) {
  constexpr std::string_view kWebUi = "string_to_param.";
  const auto first = index.lower_bound(std::string(kWebUi));
  if (first != index.end() && first->first.starts_with(kWebUi)) return first->first;
  if (index.contains("emb_params")) return "emb_params";
  if (index.size() == 1) return index.begin()->first;
  return std::nullopt;
}

[[noreturn]] void refuse_json(std::string_view file, std::string_view reason) {
  fail(ErrorCode::kCorruptFile, "'{}': the embedding in the picture {}", printable(file), reason);
}

PictureEmbedding rows_of(const Json& tensor, std::string_view file) {
  const auto values = tensor.is_object() ? tensor.find("TORCHTENSOR") : tensor.end();
  if (!tensor.is_object() || values == tensor.end() || !values->is_array() || values->empty()) {
    refuse_json(file, "has no vectors");
  }
  PictureEmbedding result;
  result.shape = {static_cast<int64_t>(values->size()), static_cast<int64_t>(values->front().size())};
  if (result.shape.count > kMostWordVectors || result.shape.width < 1 || result.shape.width > kLargestWidth) {
    refuse_json(file, fmt::format("has {} vectors of {} numbers, expected 1 to {}", result.shape.count,
                                  result.shape.width, kMostWordVectors));
  }
  for (const Json& row : *values) {
    if (!row.is_array() || static_cast<int64_t>(row.size()) != result.shape.width) {
      refuse_json(file, "has vectors of unequal length");
    }
    for (const Json& value : row) {
      if (!value.is_number()) refuse_json(file, "has something else than a number in a vector");
      const double number = value.get<double>();
      if (!(std::abs(number) <= std::numeric_limits<float>::max())) refuse_json(file, "has a number that is too large");
      result.numbers.push_back(static_cast<float>(number));
    }
  }
  return result;
}

}  // namespace

EmbeddingShape embedding_shape(const std::vector<int64_t>& shape) {
  if (shape.size() == 1) return {.count = 1, .width = shape[0]};
  if (shape.size() == 2) return {.count = shape[0], .width = shape[1]};
  return {};
}

EmbeddingKeys find_embedding(const weights::TensorIndex& index, std::string_view file) {
  if (index.contains("clip_l") && index.contains("clip_g")) {
    EmbeddingKeys pair = {"clip_l", "clip_g"};
    for (const std::string& key : pair) check_shape(index, key, file);
    const int64_t first = embedding_shape(index.at(pair[0])).count, second = embedding_shape(index.at(pair[1])).count;
    if (first == second) return pair;
    fail(ErrorCode::kUnsupportedModel, "'{}': embedding has {} vectors for one text encoder and {} for the other",
         printable(file), first, second);
  }
  const std::optional<std::string> key = single_key(index);
  if (!key) {
    fail(ErrorCode::kUnsupportedModel, "'{}' has {} tensors and none called 'emb_params', expected an embedding",
         printable(file), index.size());
  }
  check_shape(index, *key, file);
  return {*key};
}

PictureEmbedding read_picture_embedding(std::string_view json, std::string_view file) {
  const Json root = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (root.is_discarded() || !root.is_object()) refuse_json(file, "is no JSON object");
  const auto tensors = root.find("string_to_param");
  if (tensors == root.end() || !tensors->is_object() || tensors->empty()) refuse_json(file, "has no vectors");
  PictureEmbedding result = rows_of(*tensors->begin(), file);
  const auto stored = root.find("name");
  if (stored != root.end() && stored->is_string()) result.name = stored->get<std::string>();
  return result;
}

}  // namespace fude::models
