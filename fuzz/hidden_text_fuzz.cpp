#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "io/images/hidden_text.h"

/// The input's bits lie in the lowest bits of a picture: in its alpha, or (first byte odd) in its colours.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHeight = 8, kMostBytes = 1 << 16;
  if (size < 2 || size > kMostBytes) return 0;
  const bool is_in_alpha = data[0] % 2 == 0;
  const std::size_t channels = is_in_alpha ? 4 : 3, bits_of_pixel = is_in_alpha ? 1 : 3, bits = (size - 1) * 8;
  const std::size_t width = (bits + bits_of_pixel * kHeight - 1) / (bits_of_pixel * kHeight);
  fude::io::Image image{.width = static_cast<int>(width),
                        .height = static_cast<int>(kHeight),
                        .channels = static_cast<int>(channels),
                        .pixels = std::vector<std::uint8_t>(width * kHeight * channels)};
  for (std::size_t bit = 0; bit < bits; ++bit) {
    const std::size_t pixel = bit / bits_of_pixel, place = pixel % kHeight * width + pixel / kHeight;
    const std::size_t channel = is_in_alpha ? 3 : bit % bits_of_pixel;
    image.pixels[place * channels + channel] = static_cast<std::uint8_t>(data[1 + bit / 8] >> (7 - bit % 8) & 1);
  }
  constexpr std::size_t kLongestText = std::size_t{16} << 20, kWorstCoding = 3;  // bytes that are no UTF-8 become 3
  const auto text = fude::io::hidden_text(image);
  if (text && text->size() > kLongestText * kWorstCoding) std::abort();
  return 0;
}
