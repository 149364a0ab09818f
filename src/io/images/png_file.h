#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "io/images/image.h"
#include "io/images/png_text.h"

namespace fude::io {

/// The most pixels a picture may have to be read; more is refused before memory is asked for.
inline constexpr std::int64_t kMostPixels = std::int64_t{1} << 27;

/// Decodes a PNG picture. Palettes, 1, 2, 4 and 16 bits become 8-bit grey, RGB or RGBA (grey with alpha becomes
/// RGBA). Throws Error(kCorruptFile) for anything but a whole picture; `name` is for the message.
Image decode_png(std::span<const std::byte> bytes, std::string_view name = "picture");

/// Encodes a picture, lossless, with texts before the pixels. Throws Error(kInvalidArgument) when the image's sizes
/// do not fit its pixels or a keyword is not allowed.
std::vector<std::byte> encode_png(const Image& image, std::span<const PngText> texts = {});

/// Throws Error: kNotFound, kCorruptFile.
Image read_png(const std::filesystem::path& path);

/// Writes the file at once or not at all. Errors as platform::AtomicFile, and encode_png.
void write_png(const std::filesystem::path& path, const Image& image, std::span<const PngText> texts = {});

}  // namespace fude::io
