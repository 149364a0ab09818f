#include "io/images/picture_parts.h"

#include "io/images/jpeg_segments.h"
#include "io/images/picture_format.h"
#include "io/images/riff_chunks.h"

namespace fude::io {
namespace {

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

PictureParts parts_of_png(std::span<const std::byte> bytes) {
  constexpr std::size_t kSignature = 8, kHead = 8, kChecksum = 4;
  PictureParts parts;
  bool is_behind_pixels = false;
  std::span<const std::byte> rest = bytes.subspan(kSignature);
  while (rest.size() >= kHead + kChecksum) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size = size << 8 | std::to_integer<std::size_t>(rest[i]);
    if (size > rest.size() - kHead - kChecksum) break;
    const std::string_view type = as_text(rest.subspan(4, 4));
    is_behind_pixels = is_behind_pixels || type == "IDAT";
    if (type == "acTL" && !is_behind_pixels) parts.is_animated = true;
    if (type == "eXIf" && parts.exif.empty()) parts.exif = rest.subspan(kHead, size);
    rest = rest.subspan(kHead + size + kChecksum);
  }
  return parts;
}

PictureParts parts_of_jpeg(std::span<const std::byte> bytes) {
  constexpr std::string_view kExif("Exif\0\0", 6);
  PictureParts parts;
  for_each_segment(bytes, [&](const JpegSegment& segment) {
    if (segment.marker != kApp1) return;
    const std::string_view text = as_text(segment.content);
    if (text.starts_with(kExif) && parts.exif.empty()) parts.exif = segment.content;
    if (text.starts_with(kXmpMark) && parts.xmp.empty()) parts.xmp = segment.content.subspan(kXmpMark.size());
  });
  return parts;
}

PictureParts parts_of_webp(std::span<const std::byte> bytes) {
  PictureParts parts;
  for_each_chunk(bytes, [&](const RiffChunk& chunk) {
    if (chunk.type == "ANIM" || chunk.type == "ANMF") parts.is_animated = true;
    if (chunk.type == "EXIF" && parts.exif.empty()) parts.exif = chunk.content;
    if (chunk.type == "XMP " && parts.xmp.empty()) parts.xmp = chunk.content;
  });
  return parts;
}

}  // namespace

PictureParts picture_parts(std::span<const std::byte> bytes) {
  const auto format = picture_format(bytes);
  if (!format) return {};
  switch (*format) {
    case PictureFormat::kJpeg: return parts_of_jpeg(bytes);
    case PictureFormat::kWebp: return parts_of_webp(bytes);
    case PictureFormat::kPng: break;
  }
  return parts_of_png(bytes);
}

}  // namespace fude::io
