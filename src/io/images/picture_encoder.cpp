#include "io/images/picture_encoder.h"

#include <algorithm>
#include <string_view>

#include "core/error.h"
#include "io/images/exif.h"
#include "io/images/jpeg_file.h"
#include "io/images/png_file.h"
#include "io/images/webp_file.h"

namespace fude::io {
namespace {

constexpr std::string_view kParameters = "parameters";
constexpr int kLongestJpeg = 65500, kLongestWebp = 16383;

std::vector<std::byte> exif_of(const PictureNotes& notes) {
  if (!notes.exif.empty()) return notes.exif;
  const auto text = find_text(notes.texts, kParameters);
  return text ? write_exif(*text) : std::vector<std::byte>();
}

std::vector<std::byte> encode_as_png(const Image& image, const PictureNotes& notes) {
  if (notes.xmp.empty()) return encode_png(image, notes.texts);
  std::vector<PngText> texts = notes.texts;
  texts.push_back({.keyword = std::string(kXmpKeyword), .text = notes.xmp});
  return encode_png(image, texts);
}

}  // namespace

bool can_hold(PictureFormat format, int width, int height, const PictureNotes& notes) {
  const int longest = std::max(width, height);
  switch (format) {
    case PictureFormat::kPng: return true;
    case PictureFormat::kWebp: return longest <= kLongestWebp;
    case PictureFormat::kJpeg: break;
  }
  return longest <= kLongestJpeg && exif_of(notes).size() <= kMostJpegExif && notes.xmp.size() <= kMostJpegXmp;
}

std::vector<std::byte> encode_picture(const Image& image, const PictureEncoding& encoding, const PictureNotes& notes) {
  if (encoding.quality < 1 || encoding.quality > 100) {
    fail(ErrorCode::kInvalidArgument, "quality is {}, expected 1..100", encoding.quality);
  }
  if (!can_hold(encoding.format, image.width, image.height, notes)) {
    fail(ErrorCode::kInvalidArgument, "picture of {}x{} or its text is too large for {}, expected less or .png",
         image.width, image.height, file_ending(encoding.format));
  }
  switch (encoding.format) {
    case PictureFormat::kJpeg: return encode_jpeg(image, encoding.quality, exif_of(notes), notes.xmp);
    case PictureFormat::kWebp: {
      const auto pixels =
          encoding.is_lossless ? encode_lossless_webp(image) : encode_webp(image, static_cast<float>(encoding.quality));
      return with_webp_notes(pixels, exif_of(notes), notes.xmp);
    }
    case PictureFormat::kPng: break;
  }
  return encode_as_png(image, notes);
}

}  // namespace fude::io
