#include <webp/decode.h>

#include <cstdint>

#include "core/error.h"
#include "io/images/png_file.h"
#include "io/images/webp_file.h"

namespace fude::io {
namespace {

const std::uint8_t* data_of(std::span<const std::byte> bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

[[noreturn]] void refuse(std::string_view name, std::string_view what) {
  fail(ErrorCode::kCorruptFile, "'{}' is a damaged WebP picture: {}", printable(name), what);
}

std::string_view fault(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA: return "the file ends too early";
    case VP8_STATUS_UNSUPPORTED_FEATURE: return "it uses what is not known";
    default: return "its data make no sense";
  }
}

}  // namespace

std::optional<PictureSize> webp_size(std::span<const std::byte> bytes) {
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(data_of(bytes), bytes.size(), &features) != VP8_STATUS_OK) return std::nullopt;
  return PictureSize{features.width, features.height};
}

Image decode_webp(std::span<const std::byte> bytes, std::string_view name) {
  WebPBitstreamFeatures features{};
  const VP8StatusCode status = WebPGetFeatures(data_of(bytes), bytes.size(), &features);
  if (status != VP8_STATUS_OK) refuse(name, fault(status));
  if (features.has_animation != 0) {
    fail(ErrorCode::kCorruptFile, "'{}' is animated, expected a single picture", printable(name));
  }
  const auto width = static_cast<std::size_t>(features.width), height = static_cast<std::size_t>(features.height);
  if (width * height > static_cast<std::size_t>(kMostPixels)) {
    fail(ErrorCode::kCorruptFile, "'{}' is {}x{}, expected at most {} pixels", printable(name), width, height,
         kMostPixels);
  }
  Image image{
      .width = features.width, .height = features.height, .channels = features.has_alpha != 0 ? 4 : 3, .pixels = {}};
  const std::size_t stride = width * static_cast<std::size_t>(image.channels);
  image.pixels.resize(stride * height);
  const auto decode = image.channels == 4 ? WebPDecodeRGBAInto : WebPDecodeRGBInto;
  if (decode(data_of(bytes), bytes.size(), image.pixels.data(), image.pixels.size(), static_cast<int>(stride)) ==
      nullptr) {
    refuse(name, "its pixels are damaged or cut short");
  }
  return image;
}

}  // namespace fude::io
