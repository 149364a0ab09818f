#pragma once

#include <cstddef>
#include <span>

namespace fude::io {

/// What a picture's file holds beside its pixels, as it stands there. Empty: nothing.
struct PictureParts {
  std::span<const std::byte> exif;  // from the byte order mark on, or "Exif" before it
  std::span<const std::byte> xmp;   // JPEG and WebP; in PNG it is a text, "XML:com.adobe.xmp"
  bool is_animated = false;
};

/// Finds them in a PNG, JPEG or WebP file without decoding pixels. A damaged file has what stands before the damage;
/// any other kind of file nothing.
PictureParts picture_parts(std::span<const std::byte> bytes);

}  // namespace fude::io
