#pragma once

#include <ATen/ATen.h>

#include <string>
#include <string_view>
#include <vector>

#include "io/tensor_file.h"

namespace fude::models {

/// Vectors that a word stands for, as a text encoder's token embeddings would be (Gal et al. 2022).
struct TextualInversion {
  std::string name;                 // the word
  std::vector<at::Tensor> vectors;  // fp32 [n,D], 1 <= n <= 75: one, or for SDXL its two encoders', the small one first

  int64_t count() const { return vectors.front().size(0); }
};

/// Reads a file of any layout that find_embedding() knows. `name` is the file's. Throws Error: what that throws,
/// kCorruptFile (values that are no numbers).
TextualInversion read_textual_inversion(const io::TensorFile& file, std::string name);

/// The same for one that an adapter's file carries: AdapterLayout::bundled_words has the names.
TextualInversion read_bundled_inversion(const io::TensorFile& file, std::string name);

/// Reads what io::find_embedding_json() found. The word is the one stored there, or `name` when there is none.
/// Throws Error(kCorruptFile).
TextualInversion read_textual_inversion_json(std::string_view json, std::string name);

}  // namespace fude::models
