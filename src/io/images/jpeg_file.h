#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "io/images/image.h"

namespace fude::io {

/// Decodes a JPEG picture to grey or RGB, as it is stored, not turned. Of four inks (CMYK, YCCK) those of Adobe's kind
/// are assumed, as Pillow does. Throws Error(kCorruptFile) for anything but a whole picture of at most kMostPixels;
/// `name` is for the message.
Image decode_jpeg(std::span<const std::byte> bytes, std::string_view name = "picture");

/// A segment of a JPEG file holds 65533 bytes, its mark ("Exif" or XMP's address) included.
inline constexpr std::size_t kMostJpegExif = 65533 - 6, kMostJpegXmp = 65533 - 29;

/// Encodes a picture as JPEG without its transparency. `quality`: 1..100. `exif`: a block from its byte order mark on;
/// `xmp`: a packet; empty: left out. Throws Error(kInvalidArgument) when the image's sizes do not fit its pixels or are
/// too large for JPEG, or a note is.
std::vector<std::byte> encode_jpeg(const Image& image, int quality, std::span<const std::byte> exif = {},
                                   std::string_view xmp = {});

}  // namespace fude::io
