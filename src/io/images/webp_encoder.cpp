#include <webp/encode.h>

#include <cstdint>
#include <memory>
#include <new>

#include "core/error.h"
#include "io/images/webp_file.h"

namespace fude::io {
namespace {

// WebP knows no grey pictures.
std::vector<std::uint8_t> as_colour(const Image& image) {
  std::vector<std::uint8_t> pixels;
  pixels.reserve(image.pixels.size() * 3);
  for (const std::uint8_t value : image.pixels) pixels.insert(pixels.end(), 3, value);
  return pixels;
}

void check(const Image& image) {
  const bool has_size =
      image.width > 0 && image.height > 0 && image.width <= WEBP_MAX_DIMENSION && image.height <= WEBP_MAX_DIMENSION;
  const bool has_channels = image.channels == 1 || image.channels == 3 || image.channels == 4;
  const auto expected = static_cast<std::uint64_t>(image.width) * static_cast<std::uint64_t>(image.height) *
                        static_cast<std::uint64_t>(image.channels);
  if (has_size && has_channels && image.pixels.size() == expected) return;
  fail(ErrorCode::kInvalidArgument, "picture of {}x{} with {} channels and {} bytes cannot be a WebP picture",
       image.width, image.height, image.channels, image.pixels.size());
}

std::vector<std::byte> encode(const Image& image, float quality, bool is_lossless) {
  check(image);
  const std::vector<std::uint8_t> colour = image.channels == 1 ? as_colour(image) : std::vector<std::uint8_t>();
  const std::uint8_t* pixels = image.channels == 1 ? colour.data() : image.pixels.data();
  const int width = image.width, height = image.height;
  std::uint8_t* packed = nullptr;
  std::size_t size = 0;
  if (image.channels == 4) {
    size = is_lossless ? WebPEncodeLosslessRGBA(pixels, width, height, width * 4, &packed)
                       : WebPEncodeRGBA(pixels, width, height, width * 4, quality, &packed);
  } else {
    size = is_lossless ? WebPEncodeLosslessRGB(pixels, width, height, width * 3, &packed)
                       : WebPEncodeRGB(pixels, width, height, width * 3, quality, &packed);
  }
  const std::unique_ptr<std::uint8_t, decltype(&WebPFree)> owner(packed, WebPFree);
  if (size == 0) throw std::bad_alloc();  // the sizes were checked, so memory is all that can be missing
  const auto* const bytes = reinterpret_cast<const std::byte*>(packed);
  return {bytes, bytes + size};
}

}  // namespace

std::vector<std::byte> encode_webp(const Image& image, float quality) { return encode(image, quality, false); }

std::vector<std::byte> encode_lossless_webp(const Image& image) { return encode(image, 0, true); }

}  // namespace fude::io
