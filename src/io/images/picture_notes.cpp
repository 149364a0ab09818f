#include "io/images/picture_notes.h"

#include <algorithm>

#include "io/images/exif.h"
#include "io/images/picture_parts.h"

namespace fude::io {
namespace {

constexpr std::string_view kParameters = "parameters";

}  // namespace

PictureNotes picture_notes(std::span<const std::byte> bytes) {
  PictureNotes notes;
  if (!picture_format(bytes)) return notes;
  const PictureParts parts = picture_parts(bytes);
  notes.xmp.assign(reinterpret_cast<const char*>(parts.xmp.data()), parts.xmp.size());
  if (is_png(bytes)) notes.texts = read_png_texts(bytes).texts;
  if (const auto xmp = find_text(notes.texts, kXmpKeyword)) notes.xmp = *xmp;
  std::erase_if(notes.texts, [](const PngText& text) { return text.keyword == kXmpKeyword; });
  const Exif exif = read_exif(parts.exif);
  if (exif.user_comment && !find_text(notes.texts, kParameters)) {
    notes.texts.push_back({.keyword = std::string(kParameters), .text = *exif.user_comment});
  }
  if (!is_png(bytes) && !parts.exif.empty()) notes.exif = upright_exif(parts.exif);
  return notes;
}

std::string_view loss_of_notes(const PictureNotes& notes, PictureFormat format) {
  if (format == PictureFormat::kPng) return notes.exif.empty() ? "" : "what the camera said (EXIF)";
  const bool has_others =
      std::ranges::any_of(notes.texts, [](const PngText& text) { return text.keyword != kParameters; });
  return has_others ? "texts other than 'parameters'" : "";
}

}  // namespace fude::io
