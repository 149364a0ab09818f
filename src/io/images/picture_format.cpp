#include "io/images/picture_format.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/ascii.h"

namespace fude::io {
namespace {

using namespace std::string_view_literals;

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct ForeignKind {
  std::string_view start;
  std::size_t at;
  std::string_view name;
};

constexpr std::array<ForeignKind, 8> kForeignKinds{{{"GIF8", 0, "a GIF picture"},
                                                    {"BM", 0, "a BMP picture"},
                                                    {"II*\0"sv, 0, "a TIFF picture"},
                                                    {"MM\0*"sv, 0, "a TIFF picture"},
                                                    {"ftypavi", 4, "an AVIF picture"},
                                                    {"ftyphei", 4, "a HEIC picture"},
                                                    {"\xFF\x0A", 0, "a JPEG XL picture"},
                                                    {"8BPS", 0, "a Photoshop file"}}};

}  // namespace

std::optional<PictureFormat> picture_format(std::span<const std::byte> bytes) {
  const std::string_view text = as_text(bytes);
  if (text.starts_with("\x89PNG\r\n\x1a\n")) return PictureFormat::kPng;
  if (text.starts_with("\xFF\xD8\xFF")) return PictureFormat::kJpeg;
  if (text.size() >= 12 && text.starts_with("RIFF") && text.substr(8, 4) == "WEBP") return PictureFormat::kWebp;
  return std::nullopt;
}

std::string_view foreign_kind(std::span<const std::byte> bytes) {
  const std::string_view text = as_text(bytes);
  const auto found = std::ranges::find_if(kForeignKinds, [&](const ForeignKind& kind) {
    return text.size() >= kind.at && text.substr(kind.at).starts_with(kind.start);
  });
  return found == kForeignKinds.end() ? "no picture" : found->name;
}

std::string_view file_ending(PictureFormat format) {
  switch (format) {
    case PictureFormat::kJpeg: return ".jpg";
    case PictureFormat::kWebp: return ".webp";
    case PictureFormat::kPng: break;
  }
  return ".png";
}

std::optional<PictureFormat> format_named(std::string_view name) {
  if (name.starts_with('.')) name.remove_prefix(1);
  const std::string small = ascii_lower(name);
  if (small == "png") return PictureFormat::kPng;
  if (small == "jpg" || small == "jpeg") return PictureFormat::kJpeg;
  if (small == "webp") return PictureFormat::kWebp;
  return std::nullopt;
}

std::string_view media_type(PictureFormat format) {
  switch (format) {
    case PictureFormat::kJpeg: return "image/jpeg";
    case PictureFormat::kWebp: return "image/webp";
    case PictureFormat::kPng: break;
  }
  return "image/png";
}

}  // namespace fude::io
