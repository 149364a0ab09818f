#include "io/images/embedding_picture.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "core/base64.h"
#include "io/images/png_file.h"
#include "io/images/zlib_text.h"

namespace fude::io {
namespace {

constexpr std::string_view kKeyword = "sd-ti-embedding";

/// The numbers that cover the nibbles: a linear congruential generator.
class Cover {
 public:
  std::uint8_t next() {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<std::uint8_t>(state_ % 255U & 0x0FU);
  }

 private:
  std::uint32_t state_ = 0;
};

struct Columns {
  int begin = 0, end = 0;
};

/// The low nibbles of a picture without its black border.
class Nibbles {
 public:
  explicit Nibbles(const Image& image) : image_(image) {
    std::vector<bool> rows(static_cast<std::size_t>(image.height)), columns(static_cast<std::size_t>(image.width));
    for (int y = 0; y < image.height; ++y) {
      for (int x = 0; x < image.width; ++x) {
        if (pixel(x, y, 0) == 0 || pixel(x, y, 1) == 0 || pixel(x, y, 2) == 0) continue;
        rows[static_cast<std::size_t>(y)] = columns[static_cast<std::size_t>(x)] = true;
      }
    }
    rows_ = extent(rows);
    columns_ = extent(columns);
  }

  /// Left and right of all columns whose low nibbles are all 0; absent without two such columns.
  std::optional<std::array<Columns, 2>> panels() const {
    int first = columns_.end, last = columns_.begin;
    for (int x = columns_.begin; x < columns_.end; ++x) {
      if (!is_black(x)) continue;
      first = std::min(first, x);
      last = x;
    }
    if (first >= last) return std::nullopt;
    return std::array{Columns{columns_.begin, first}, Columns{last + 1, columns_.end}};
  }

  std::string uncovered(Columns panel) const {
    std::string nibbles;
    Cover cover;
    for (int y = rows_.begin; y < rows_.end; ++y) {
      for (int x = panel.begin; x < panel.end; ++x) {
        for (int channel = 0; channel < 3; ++channel) {
          nibbles += static_cast<char>((pixel(x, y, channel) & 0x0F) ^ cover.next());
        }
      }
    }
    return nibbles;
  }

 private:
  std::uint8_t pixel(int x, int y, int channel) const {
    const auto row = static_cast<std::size_t>(y) * static_cast<std::size_t>(image_.width);
    return image_.pixels[(row + static_cast<std::size_t>(x)) * static_cast<std::size_t>(image_.channels) +
                         static_cast<std::size_t>(channel)];
  }

  static Columns extent(const std::vector<bool>& marks) {
    const auto first = std::find(marks.begin(), marks.end(), true);
    const auto last = std::find(marks.rbegin(), marks.rend(), true);
    if (first == marks.end()) return {};
    return {static_cast<int>(first - marks.begin()), static_cast<int>(marks.rend() - last)};
  }

  bool is_black(int x) const {
    for (int y = rows_.begin; y < rows_.end; ++y) {
      if (((pixel(x, y, 0) | pixel(x, y, 1) | pixel(x, y, 2)) & 0x0F) != 0) return false;
    }
    return true;
  }

  const Image& image_;
  Columns rows_, columns_;
};

std::optional<std::string> hidden_json(const Image& image) {
  if (image.channels < 3) return std::nullopt;
  const Nibbles nibbles(image);
  const auto panels = nibbles.panels();
  if (!panels) return std::nullopt;
  const std::string low = nibbles.uncovered((*panels)[0]), high = nibbles.uncovered((*panels)[1]);
  if (low.size() != high.size() || low.empty()) return std::nullopt;
  std::string packed;
  for (std::size_t i = 0; i < low.size(); ++i) packed += static_cast<char>(high[i] << 4 | low[i]);
  return unpack_zlib(packed);
}

}  // namespace

std::optional<std::string> find_embedding_json(std::span<const std::byte> png, std::string_view name) {
  if (is_png(png)) {
    const PngTexts found = read_png_texts(png);
    if (const auto text = find_text(found.texts, kKeyword)) return base64_decode(*text);
  }
  return hidden_json(decode_png(png, name));
}

}  // namespace fude::io
