#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "models/adapters/embedding_layout.h"
#include "tensor_index_text.h"

namespace {

using fude::models::EmbeddingShape;

void check(const EmbeddingShape& shape) {
  if (shape.count < 1 || shape.count > fude::models::kMostWordVectors || shape.width < 1) std::abort();
}

}  // namespace

/// A textual inversion: a file's names and shapes, and the JSON that a picture carries.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const fude::weights::TensorIndex index = fude::fuzz::read_tensor_index(text);
    for (const auto& key : fude::models::find_embedding(index, "fuzz")) {
      check(fude::models::embedding_shape(index.at(key)));
    }
  } catch (const fude::Error&) {  // refused, as most inputs must be
  }
  try {
    const auto read = fude::models::read_picture_embedding(text, "fuzz");
    check(read.shape);
    if (static_cast<int64_t>(read.numbers.size()) != read.shape.count * read.shape.width) std::abort();
  } catch (const fude::Error&) {
  }
  return 0;
}
