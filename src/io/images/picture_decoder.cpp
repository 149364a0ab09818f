#include "io/images/picture_decoder.h"

#include <utility>

#include "core/error.h"
#include "io/images/jpeg_file.h"
#include "io/images/jpeg_segments.h"
#include "io/images/orientation.h"
#include "io/images/picture_format.h"
#include "io/images/picture_parts.h"
#include "io/images/png_file.h"
#include "io/images/webp_file.h"

namespace fude::io {
namespace {

Image decode(PictureFormat format, std::span<const std::byte> bytes, std::string_view name) {
  switch (format) {
    case PictureFormat::kJpeg: return decode_jpeg(bytes, name);
    case PictureFormat::kWebp: return decode_webp(bytes, name);
    case PictureFormat::kPng: break;
  }
  return decode_png(bytes, name);
}

std::optional<PictureSize> stored_size(PictureFormat format, std::span<const std::byte> bytes) {
  switch (format) {
    case PictureFormat::kJpeg: return jpeg_size(bytes);
    case PictureFormat::kWebp: return webp_size(bytes);
    case PictureFormat::kPng: break;
  }
  return png_size(bytes);
}

}  // namespace

Image decode_picture(std::span<const std::byte> bytes, std::string_view name) {
  const auto format = picture_format(bytes);
  if (!format) {
    fail(ErrorCode::kCorruptFile, "'{}' is {}, expected a PNG, JPEG or WebP picture", printable(name),
         foreign_kind(bytes));
  }
  const PictureParts parts = picture_parts(bytes);
  if (parts.is_animated) {
    fail(ErrorCode::kCorruptFile, "'{}' is animated, expected a single picture", printable(name));
  }
  return upright(decode(*format, bytes, name), exif_orientation(parts.exif));
}

std::optional<PictureSize> picture_size(std::span<const std::byte> bytes) {
  const auto format = picture_format(bytes);
  std::optional<PictureSize> size = format ? stored_size(*format, bytes) : std::nullopt;
  if (size && exif_orientation(picture_parts(bytes).exif) >= 5) std::swap(size->width, size->height);
  return size;
}

}  // namespace fude::io
