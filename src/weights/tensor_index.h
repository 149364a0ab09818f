#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fude::weights {

/// Names and shapes of a file's tensors; no data. What a model is gets decided from this alone.
using TensorIndex = std::map<std::string, std::vector<int64_t>>;

/// The shape stored under `key`. Throws Error(kUnsupportedModel) when it is missing.
const std::vector<int64_t>& shape_of(const TensorIndex& index, const std::string& key);

/// Size of dimension `dim` of the tensor `key`. Throws Error(kUnsupportedModel) when the tensor is missing or has fewer
/// dimensions.
int64_t size_of(const TensorIndex& index, const std::string& key, std::size_t dim);

bool has_prefix(const TensorIndex& index, std::string_view prefix);

/// The entries whose names begin with `prefix`, with the prefix taken off.
TensorIndex sub_index(const TensorIndex& index, std::string_view prefix);

/// How many of "<prefix>0<suffix>", "<prefix>1<suffix>", ... exist without a gap.
int64_t count_numbered(const TensorIndex& index, const std::string& prefix, const std::string& suffix);

/// Refuses sizes that no network has, which arithmetic on shapes would trip over. Throws Error(kCorruptFile).
void require_sound_shapes(const TensorIndex& index);

}  // namespace fude::weights
