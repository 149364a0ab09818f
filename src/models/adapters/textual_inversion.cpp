#include "models/adapters/textual_inversion.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/error.h"

namespace fude::models {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMostVectors = 75;  // what fits a chunk of text
constexpr int64_t kLargestWidth = 1 << 14;

/// The tensor as rows. Throws for what cannot be vectors of a word.
at::Tensor rows_of(const io::TensorFile& file, const std::string& key) {
  const io::TensorRecord& record = file.tensors().at(key);
  const auto& shape = record.shape;
  const int64_t count = shape.size() == 2 ? shape[0] : 1;
  const int64_t width = shape.empty() ? 0 : shape.back();
  const bool fits = (shape.size() == 1 || shape.size() == 2) && count >= 1 && count <= kMostVectors && width >= 1 &&
                    width <= kLargestWidth;
  if (!fits) {
    fail(ErrorCode::kUnsupportedModel, "'{}': embedding '{}' has shape {}, expected [1 to {}, width]",
         printable(file.name()), printable(key), io::shape_text(shape), kMostVectors);
  }
  return file.tensor(key).to(at::kFloat).reshape({count, width});
}

std::optional<std::string> single_key(const io::TensorFile& file) {
  constexpr std::string_view kWebUi = "string_to_param.";
  const auto first = file.tensors().lower_bound(std::string(kWebUi));
  if (first != file.tensors().end() && first->first.starts_with(kWebUi)) return first->first;
  if (file.tensors().contains("emb_params")) return "emb_params";
  if (file.tensors().size() == 1) return file.tensors().begin()->first;
  return std::nullopt;
}

[[noreturn]] void refuse_json(const std::string& name, std::string_view reason) {
  fail(ErrorCode::kCorruptFile, "'{}': the embedding in the picture {}", printable(name), reason);
}

at::Tensor rows_of(const Json& tensor, const std::string& name) {
  const auto values = tensor.is_object() ? tensor.find("TORCHTENSOR") : tensor.end();
  if (!tensor.is_object() || values == tensor.end() || !values->is_array() || values->empty()) {
    refuse_json(name, "has no vectors");
  }
  const auto count = static_cast<int64_t>(values->size());
  const auto width = static_cast<int64_t>(values->front().size());
  if (count > kMostVectors || width < 1 || width > kLargestWidth) {
    refuse_json(name, fmt::format("has {} vectors of {} numbers, expected 1 to {}", count, width, kMostVectors));
  }
  at::Tensor rows = at::empty({count, width}, at::kFloat);
  auto* out = rows.data_ptr<float>();
  for (const Json& row : *values) {
    if (!row.is_array() || static_cast<int64_t>(row.size()) != width)
      refuse_json(name, "has vectors of unequal length");
    for (const Json& value : row) {
      if (!value.is_number()) refuse_json(name, "has something else than a number in a vector");
      *out++ = value.get<float>();
    }
  }
  return rows;
}

}  // namespace

TextualInversion read_textual_inversion(const io::TensorFile& file, std::string name) {
  if (file.tensors().contains("clip_l") && file.tensors().contains("clip_g")) {
    TextualInversion pair{std::move(name), {rows_of(file, "clip_l"), rows_of(file, "clip_g")}};
    if (pair.vectors[0].size(0) == pair.vectors[1].size(0)) return pair;
    fail(ErrorCode::kUnsupportedModel, "'{}': embedding has {} vectors for one text encoder and {} for the other",
         printable(file.name()), pair.vectors[0].size(0), pair.vectors[1].size(0));
  }
  const std::optional<std::string> key = single_key(file);
  if (!key) {
    fail(ErrorCode::kUnsupportedModel, "'{}' has {} tensors and none called 'emb_params', expected an embedding",
         printable(file.name()), file.tensors().size());
  }
  return {std::move(name), {rows_of(file, *key)}};
}

TextualInversion read_textual_inversion_json(std::string_view json, std::string name) {
  const Json root = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (root.is_discarded() || !root.is_object()) refuse_json(name, "is no JSON object");
  const auto tensors = root.find("string_to_param");
  if (tensors == root.end() || !tensors->is_object() || tensors->empty()) refuse_json(name, "has no vectors");
  TextualInversion result{name, {rows_of(*tensors->begin(), name)}};
  const auto stored = root.find("name");
  if (stored != root.end() && stored->is_string() && !stored->get<std::string>().empty()) result.name = *stored;
  return result;
}

}  // namespace fude::models
