#include "weights/open_clip_names.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/error.h"

namespace fude::weights {
namespace {

struct Row {
  std::string_view name;
  std::string_view key;
  int64_t part = 0;
  int64_t parts = 1;
  bool is_transposed = false;
};

constexpr std::array<Row, 5> kRows{{
    {"embeddings.token_embedding.weight", "token_embedding.weight"},
    {"embeddings.position_embedding.weight", "positional_embedding"},
    {"final_layer_norm.weight", "ln_final.weight"},
    {"final_layer_norm.bias", "ln_final.bias"},
    {"text_projection.weight", "text_projection", 0, 1, true},
}};

// Below "encoder.layers.N." and "transformer.resblocks.N.".
constexpr std::array<Row, 16> kLayerRows{{
    {"layer_norm1.weight", "ln_1.weight"},
    {"layer_norm1.bias", "ln_1.bias"},
    {"layer_norm2.weight", "ln_2.weight"},
    {"layer_norm2.bias", "ln_2.bias"},
    {"self_attn.q_proj.weight", "attn.in_proj_weight", 0, 3},
    {"self_attn.k_proj.weight", "attn.in_proj_weight", 1, 3},
    {"self_attn.v_proj.weight", "attn.in_proj_weight", 2, 3},
    {"self_attn.q_proj.bias", "attn.in_proj_bias", 0, 3},
    {"self_attn.k_proj.bias", "attn.in_proj_bias", 1, 3},
    {"self_attn.v_proj.bias", "attn.in_proj_bias", 2, 3},
    {"self_attn.out_proj.weight", "attn.out_proj.weight"},
    {"self_attn.out_proj.bias", "attn.out_proj.bias"},
    {"mlp.fc1.weight", "mlp.c_fc.weight"},
    {"mlp.fc1.bias", "mlp.c_fc.bias"},
    {"mlp.fc2.weight", "mlp.c_proj.weight"},
    {"mlp.fc2.bias", "mlp.c_proj.bias"},
}};

template <typename Rows>
std::optional<OpenClipPlace> find_row(const Rows& rows, std::string_view name, const std::string& prefix) {
  const auto row = std::ranges::find(rows, name, &Row::name);
  if (row == rows.end()) return std::nullopt;
  return OpenClipPlace{prefix + std::string(row->key), row->part, row->parts, row->is_transposed};
}

}  // namespace

std::optional<OpenClipPlace> open_clip_place(std::string_view name) {
  constexpr std::string_view kLayers = "encoder.layers.";
  if (!name.starts_with(kLayers)) return find_row(kRows, name, "");
  const std::string_view rest = name.substr(kLayers.size());
  const std::size_t dot = rest.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string prefix = "transformer.resblocks." + std::string(rest.substr(0, dot)) + ".";
  return find_row(kLayerRows, rest.substr(dot + 1), prefix);
}

namespace {

OpenClipPlace require_place(const std::string& key) {
  std::optional<OpenClipPlace> place = open_clip_place(key);
  if (!place) fail(ErrorCode::kUnsupportedModel, "tensor '{}' has no place in an OpenCLIP text encoder", key);
  return *std::move(place);
}

/// The shape of the tensor that holds a part of `shape`.
std::vector<int64_t> stored_shape(const OpenClipPlace& place, at::IntArrayRef shape) {
  std::vector<int64_t> stored = shape.vec();
  if (place.is_transposed) std::ranges::reverse(stored);
  stored.front() *= place.parts;
  return stored;
}

/// What lies at `place` of the tensor that was stored there.
at::Tensor part_of(const at::Tensor& stored, const OpenClipPlace& place) {
  if (place.is_transposed) return stored.t();
  const int64_t rows = stored.size(0) / place.parts;
  return stored.narrow(0, place.part * rows, rows);
}

}  // namespace

at::Tensor OpenClipSource::take(const std::string& key, at::IntArrayRef shape) {
  const OpenClipPlace place = require_place(key);
  if (place.parts == 1) return part_of(stored_.take(place.key, stored_shape(place, shape)), place);
  at::Tensor& whole = shared_[place.key];
  if (!whole.defined()) whole = stored_.take(place.key, stored_shape(place, shape));
  return part_of(whole, place);
}

void OpenClipSource::keep(const std::string& key, at::IntArrayRef shape, WeightKeeper keeper) {
  const OpenClipPlace place = require_place(key);
  stored_.keep(
      place.key, stored_shape(place, shape),
      [place, keeper = std::move(keeper)](const at::Tensor& stored, const std::optional<WeightLayout>& layout) {
        keeper(part_of(stored, place), layout);
      });
}

}  // namespace fude::weights
