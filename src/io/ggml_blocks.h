#pragma once

#include <cstddef>
#include <span>

/// The block formats of ggml's quantised tensors, expanded to floats. Each function takes whole blocks and room for as
/// many numbers as they hold. Facts from ggml's public headers and the notes of the k-quants' author
/// (https://github.com/ggml-org/llama.cpp/pull/1684).
///
/// Blocks of 32 numbers have one half-precision factor d: q * d ("type 0", q around zero) or q * d + m ("type 1").
/// Blocks of 256 numbers ("K") consist of 8 or 16 groups with a small whole scale each, which d multiplies; types with
/// a minimum have a small whole minimum a group, too: q * (d * scale) - dmin * minimum.
namespace fude::io {

void expand_q4_0(std::span<const std::byte> blocks, std::span<float> values);
void expand_q4_1(std::span<const std::byte> blocks, std::span<float> values);
void expand_q5_0(std::span<const std::byte> blocks, std::span<float> values);
void expand_q5_1(std::span<const std::byte> blocks, std::span<float> values);
void expand_q8_0(std::span<const std::byte> blocks, std::span<float> values);
void expand_q2_k(std::span<const std::byte> blocks, std::span<float> values);
void expand_q3_k(std::span<const std::byte> blocks, std::span<float> values);
void expand_q4_k(std::span<const std::byte> blocks, std::span<float> values);
void expand_q5_k(std::span<const std::byte> blocks, std::span<float> values);
void expand_q6_k(std::span<const std::byte> blocks, std::span<float> values);

}  // namespace fude::io
