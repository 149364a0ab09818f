#include "io/images/image.h"

#include <algorithm>
#include <cstddef>

#include "core/error.h"

namespace fude::io {

std::uint8_t to_byte(float value) {
  const float unit = (value + 1.0F) / 2.0F;
  if (!(unit > 0.0F)) return 0;
  return static_cast<std::uint8_t>(255.0F * std::min(unit, 1.0F));
}

Image image_from_planes(std::span<const float> planes, int channels, int height, int width) {
  const bool is_picture = (channels == 1 || channels == 3 || channels == 4) && height > 0 && width > 0;
  const std::size_t area = is_picture ? static_cast<std::size_t>(height) * static_cast<std::size_t>(width) : 0;
  if (!is_picture || planes.size() / area != static_cast<std::size_t>(channels) || planes.size() % area != 0) {
    fail(ErrorCode::kInvalidArgument, "picture has {} values, expected {}x{}x{}", planes.size(), channels, height,
         width);
  }
  Image image{.width = width, .height = height, .channels = channels, .pixels = {}};
  image.pixels.resize(planes.size());
  const auto count = static_cast<std::size_t>(channels);
  for (std::size_t channel = 0; channel < count; ++channel) {
    const std::span<const float> plane = planes.subspan(channel * area, area);
    for (std::size_t i = 0; i < area; ++i) image.pixels[i * count + channel] = to_byte(plane[i]);
  }
  return image;
}

std::vector<float> planes_from_image(const Image& image) {
  const auto count = static_cast<std::size_t>(image.channels);
  const std::size_t area = image.pixels.size() / count;
  std::vector<float> planes(image.pixels.size());
  for (std::size_t channel = 0; channel < count; ++channel) {
    for (std::size_t i = 0; i < area; ++i) {
      planes[channel * area + i] = static_cast<float>(image.pixels[i * count + channel]) / 255.0F * 2.0F - 1.0F;
    }
  }
  return planes;
}

}  // namespace fude::io
