#include "io/images/png_size.h"

#include <cstdint>
#include <cstring>
#include <limits>

#include "io/images/png_text.h"

namespace fude::io {
namespace {

std::uint32_t big_endian(std::span<const std::byte> bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  return value;
}

}  // namespace

std::optional<PictureSize> png_size(std::span<const std::byte> bytes) {
  // PNG (ISO 15948) 11.2.2: signature, then IHDR: length, type, width, height, five bytes, checksum.
  constexpr std::size_t kSignature = 8, kHead = kSignature + 4 + 4 + 13 + 4;
  if (!is_png(bytes) || bytes.size() < kHead || std::memcmp(bytes.data() + 12, "IHDR", 4) != 0) return {};
  const std::uint32_t width = big_endian(bytes, 16), height = big_endian(bytes, 20);
  constexpr std::uint32_t kLongest = std::numeric_limits<std::int32_t>::max();
  if (width == 0 || height == 0 || width > kLongest || height > kLongest) return {};
  return PictureSize{static_cast<int>(width), static_cast<int>(height)};
}

}  // namespace fude::io
