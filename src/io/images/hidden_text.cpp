#include "io/images/hidden_text.h"

#include <array>
#include <cstdint>
#include <string_view>

#include "core/unicode.h"
#include "io/images/zlib_text.h"

namespace fude::io {
namespace {

struct Signature {
  std::string_view text;
  bool is_in_alpha = true;
  bool is_packed = false;
};

constexpr std::array kSignatures{Signature{"stealth_pnginfo"}, Signature{"stealth_pngcomp", true, true},
                                 Signature{"stealth_rgbinfo", false}, Signature{"stealth_rgbcomp", false, true}};

/// The lowest bits of a picture's pixels as bytes, the first bit the highest.
class HiddenBytes {
 public:
  HiddenBytes(const Image& image, bool is_in_alpha) : image_(image), is_in_alpha_(is_in_alpha) {}

  std::size_t left() const { return (bit_count() - at_) / 8; }

  /// At most left() bytes.
  std::string take(std::size_t count) {
    std::string bytes;
    bytes.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      unsigned value = 0;
      for (int bit = 0; bit < 8; ++bit) value = value << 1U | next_bit();
      bytes += static_cast<char>(value);
    }
    return bytes;
  }

 private:
  std::size_t bits_of_pixel() const { return is_in_alpha_ ? 1 : 3; }
  std::size_t bit_count() const {
    return static_cast<std::size_t>(image_.width) * static_cast<std::size_t>(image_.height) * bits_of_pixel();
  }

  unsigned next_bit() {
    const std::size_t pixel = at_ / bits_of_pixel(), height = static_cast<std::size_t>(image_.height);
    const std::size_t channel = is_in_alpha_ ? 3 : at_ % bits_of_pixel();
    const std::size_t place = pixel % height * static_cast<std::size_t>(image_.width) + pixel / height;
    ++at_;
    return image_.pixels[place * static_cast<std::size_t>(image_.channels) + channel] & 1U;
  }

  const Image& image_;
  bool is_in_alpha_;
  std::size_t at_ = 0;
};

std::optional<std::string> read(const Image& image, const Signature& signature) {
  constexpr std::size_t kLength = 4, kLongestText = std::size_t{16} << 20;
  HiddenBytes bytes(image, signature.is_in_alpha);
  if (bytes.left() < signature.text.size() + kLength || bytes.take(signature.text.size()) != signature.text) return {};
  std::size_t bits = 0;
  for (const char c : bytes.take(kLength)) bits = bits << 8 | static_cast<std::uint8_t>(c);
  if (bits / 8 > bytes.left() || bits / 8 > kLongestText) return {};
  const std::string content = bytes.take(bits / 8);
  const auto text = signature.is_packed ? unpack_gzip(content) : std::optional(content);
  return text ? std::optional(encode_utf8(decode_utf8(*text))) : std::nullopt;
}

}  // namespace

std::optional<std::string> hidden_text(const Image& image) {
  for (const Signature& signature : kSignatures) {
    if (image.channels < (signature.is_in_alpha ? 4 : 3)) continue;
    if (auto text = read(image, signature)) return text;
  }
  return std::nullopt;
}

}  // namespace fude::io
