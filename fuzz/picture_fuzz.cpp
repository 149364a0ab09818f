#include <cstddef>
#include <cstdint>
#include <span>

#include "core/error.h"
#include "io/images/exif.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_parts.h"

/// Hostile JPEG and WebP files, what they carry beside their pixels included (PNG has a target of its own): every read
/// stays inside the data, and what is refused is refused with an Error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::int64_t kMostPixelsHere = 1 << 16;  // larger ones only cost time
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  static_cast<void>(fude::io::read_exif(bytes));
  static_cast<void>(fude::io::read_exif(fude::io::picture_parts(bytes).exif));
  const auto picture = fude::io::picture_size(bytes);
  if (!picture || std::int64_t{picture->width} * picture->height > kMostPixelsHere) return 0;
  try {
    static_cast<void>(fude::io::decode_picture(bytes));
  } catch (const fude::Error&) {
  }
  return 0;
}
