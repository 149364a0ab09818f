#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "io/images/image.h"

namespace fude::io {

/// Decodes a JPEG picture to grey or RGB, as it is stored, not turned. Of four inks (CMYK, YCCK) those of Adobe's kind
/// are assumed, as Pillow does. Throws Error(kCorruptFile) for anything but a whole picture of at most kMostPixels;
/// `name` is for the message.
Image decode_jpeg(std::span<const std::byte> bytes, std::string_view name = "picture");

}  // namespace fude::io
