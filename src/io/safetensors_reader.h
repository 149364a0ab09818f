#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "io/tensor_record.h"

namespace fude::io {

/// Reads the header of a .safetensors file; tensor data is not touched. The listing's views point into `file`.
/// `name` is the file's name for messages. Throws Error(kCorruptFile) unless every byte of the file is accounted
/// for: header length, JSON, shapes, and byte ranges that cover the data exactly, without overlap or gap.
/// Format: https://github.com/huggingface/safetensors ("Format").
TensorListing read_safetensors(std::span<const std::byte> file, std::string_view name);

/// The bytes of the data part (after length and header), which some programs hash instead of the whole file.
/// Throws Error(kCorruptFile) when the header length does not fit the file.
std::span<const std::byte> safetensors_data(std::span<const std::byte> file, std::string_view name);

}  // namespace fude::io
