#include "io/images/jpeg_segments.h"

namespace fude::io {
namespace {

std::size_t big_endian16(std::span<const std::byte> bytes) {
  return std::to_integer<std::size_t>(bytes[0]) << 8 | std::to_integer<std::size_t>(bytes[1]);
}

// SOF0..SOF15 without DHT, JPG and DAC, which share the range (ITU-T T.81, table B.1).
bool is_frame_header(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

}  // namespace

void for_each_segment(std::span<const std::byte> bytes, const std::function<void(const JpegSegment&)>& use) {
  constexpr std::byte kMark{0xFF};
  constexpr std::uint8_t kStartOfScan = 0xDA, kEnd = 0xD9, kFirstAlone = 0xD0, kLastAlone = 0xD8;
  std::span<const std::byte> rest = bytes.size() < 2 ? bytes.first(0) : bytes.subspan(2);
  while (rest.size() >= 4 && rest[0] == kMark) {
    const auto marker = std::to_integer<std::uint8_t>(rest[1]);
    if (marker == 0xFF) {  // filling
      rest = rest.subspan(1);
      continue;
    }
    if (marker == kStartOfScan || marker == kEnd) return;
    rest = rest.subspan(2);
    if (marker >= kFirstAlone && marker <= kLastAlone) continue;
    const std::size_t length = big_endian16(rest);
    if (length < 2 || length > rest.size()) return;
    use({.marker = marker, .content = rest.subspan(2, length - 2)});
    rest = rest.subspan(length);
  }
}

std::optional<PictureSize> jpeg_size(std::span<const std::byte> bytes) {
  std::optional<PictureSize> size;
  for_each_segment(bytes, [&](const JpegSegment& segment) {
    if (size || !is_frame_header(segment.marker) || segment.content.size() < 6) return;
    const auto height = static_cast<int>(big_endian16(segment.content.subspan(1)));
    const auto width = static_cast<int>(big_endian16(segment.content.subspan(3)));
    if (width > 0 && height > 0) size = PictureSize{width, height};
  });
  return size;
}

}  // namespace fude::io
