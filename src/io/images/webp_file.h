#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "io/images/image.h"
#include "io/images/png_size.h"

namespace fude::io {

/// Decodes a WebP picture to RGB, or RGBA when it has transparency, as it is stored, not turned. Throws
/// Error(kCorruptFile) for anything but a whole, still picture of at most kMostPixels; `name` is for the message.
Image decode_webp(std::span<const std::byte> bytes, std::string_view name = "picture");

/// The size that a WebP file's head states. Absent when there is none.
std::optional<PictureSize> webp_size(std::span<const std::byte> bytes);

/// A picture as WebP, lossy, for screens. `quality`: 0..100. Transparency stays. Throws Error(kInvalidArgument) when
/// a side exceeds 16383 pixels or the image's sizes do not fit its pixels.
std::vector<std::byte> encode_webp(const Image& image, float quality = 82);

/// The same without losses.
std::vector<std::byte> encode_lossless_webp(const Image& image);

/// A file as the two above make it, with an EXIF block (from its byte order mark on) and an XMP packet; empty ones are
/// left out.
std::vector<std::byte> with_webp_notes(std::span<const std::byte> webp, std::span<const std::byte> exif,
                                       std::string_view xmp);

}  // namespace fude::io
