#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "io/images/image.h"
#include "io/images/png_size.h"

namespace fude::io {

/// Decodes a picture's file, of whichever kind it is (PNG, JPEG, WebP), and turns it upright as its EXIF block asks.
/// `name` is for the message. Throws Error(kCorruptFile) for another kind of file, a damaged or cut off one, one with
/// several pictures (animated), and one of more pixels than kMostPixels.
Image decode_picture(std::span<const std::byte> bytes, std::string_view name = "picture");

/// The size that the head of a PNG, JPEG or WebP file states, for the picture turned upright. Absent when there is
/// none.
std::optional<PictureSize> picture_size(std::span<const std::byte> bytes);

}  // namespace fude::io
