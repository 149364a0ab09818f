#include "models/adapters/textual_inversion.h"

#include <fmt/format.h>

#include <utility>

#include "models/adapters/adapter_layout.h"
#include "models/adapters/embedding_layout.h"
#include "models/adapters/finite_values.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

/// The tensor called `key` as rows.
at::Tensor rows_of(const io::TensorFile& file, const std::string& key) {
  const EmbeddingShape shape = embedding_shape(file.tensors().at(key).shape);
  const at::Tensor tensor = file.tensor(key);
  require_finite(tensor, key, file.name());
  return tensor.to(at::kFloat).reshape({shape.count, shape.width});
}

/// `index`: the file's tensors below `prefix`.
TextualInversion read_below(const io::TensorFile& file, const std::string& prefix, const weights::TensorIndex& index,
                            std::string name) {
  TextualInversion word{.name = std::move(name), .vectors = {}};
  for (const std::string& key : find_embedding(index, file.name())) {
    word.vectors.push_back(rows_of(file, prefix + key));
  }
  return word;
}

}  // namespace

TextualInversion read_textual_inversion(const io::TensorFile& file, std::string name) {
  return read_below(file, "", weights::index_of(file), std::move(name));
}

TextualInversion read_bundled_inversion(const io::TensorFile& file, std::string name) {
  const std::string prefix = fmt::format("{}{}.", kBundledPrefix, name);
  weights::TensorIndex index;  // of this word alone: a file may carry very many
  for (auto entry = file.tensors().lower_bound(prefix); entry != file.tensors().end(); ++entry) {
    if (!entry->first.starts_with(prefix)) break;
    index.emplace(entry->first.substr(prefix.size()), entry->second.shape);
  }
  return read_below(file, prefix, index, std::move(name));
}

TextualInversion read_textual_inversion_json(std::string_view json, std::string name) {
  const PictureEmbedding read = read_picture_embedding(json, name);
  const at::Tensor rows = at::tensor(read.numbers, at::kFloat).reshape({read.shape.count, read.shape.width});
  return {.name = read.name.empty() ? std::move(name) : read.name, .vectors = {rows}};
}

}  // namespace fude::models
