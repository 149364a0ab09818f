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

}  // namespace fude::io
