#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "io/tensor_record.h"

namespace fude::io {

/// Packed types store numbers in blocks: so many elements in so many bytes.
struct BlockLayout {
  std::size_t elements = 1;
  std::size_t bytes = 1;
};

/// Whether elements of the type have to be expanded before anything can be computed with them.
bool is_packed(TensorType type);

/// Precondition: is_packed(type).
BlockLayout block_layout(TensorType type);

/// Turns whole blocks into numbers. Preconditions: is_packed(type); `blocks` holds as many blocks as `values` has room
/// for. Sources: Micikevicius et al. 2022 (arXiv:2209.05433) for the types of 8 bits, ggml_blocks.h for the others.
void expand(TensorType type, std::span<const std::byte> blocks, std::span<float> values);

/// The other way, for kF8E4M3 and kF8E5M2: each number becomes the nearest of 8 bits, of two equally near the one whose
/// last bit is 0; what is larger than all becomes the largest. Precondition: the spans are of one length.
void pack_eight_bits(TensorType type, std::span<const float> values, std::span<std::byte> bytes);

}  // namespace fude::io
