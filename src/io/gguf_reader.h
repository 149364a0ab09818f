#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "io/tensor_record.h"

namespace fude::io {

/// Whether the file begins as GGUF does.
bool is_gguf(std::span<const std::byte> file);

/// Reads the header of a GGUF file, version 2 or 3; tensor data is not touched. Shapes come in the order of other
/// formats (the slowest dimension first), or as a "comfy.gguf.orig_shape.NAME" entry states them, which ComfyUI-GGUF
/// writes where it has flattened a tensor. Tensors of types Fude does not compute with are listed without bytes.
/// Metadata comes as text, of long lists the beginning. `name` is the file's name for messages.
/// Throws Error(kCorruptFile) unless every count, length, alignment and place fits the file, names are different and
/// tensors do not overlap. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
TensorListing read_gguf(std::span<const std::byte> file, std::string_view name);

}  // namespace fude::io
