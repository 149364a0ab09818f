#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <memory>

#include "core/error.h"
#include "core/platform/mapped_file.h"
#include "io/images/png_file.h"

namespace fude::io {
namespace {

constexpr png_uint_32 kLongestSide = 1U << 20;
// zlib packs at most 1032 bytes into one, so a file cannot hold more than this times its size.
constexpr std::uint64_t kHighestPacking = 1032;

// All that outlives a jump out of libpng. Functions between setjmp and libpng hold nothing with a destructor.
struct Decoder {
  std::span<const std::byte> rest;
  png_structp png = nullptr;
  png_infop info = nullptr;
  char message[160] = "damaged";
  std::vector<png_bytep> rows;

  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { png_destroy_read_struct(&png, &info, nullptr); }
};

void on_error(png_structp png, png_const_charp message) {
  auto* decoder = static_cast<Decoder*>(png_get_error_ptr(png));
  std::strncpy(decoder->message, message, sizeof(decoder->message) - 1);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp png, png_bytep target, std::size_t count) {
  auto* decoder = static_cast<Decoder*>(png_get_io_ptr(png));
  if (count > decoder->rest.size()) png_error(png, "the file ends too early");
  std::memcpy(target, decoder->rest.data(), count);
  decoder->rest = decoder->rest.subspan(count);
}

// Asks for 8-bit grey, RGB or RGBA, and reads up to the pixels. False: see decoder.message.
bool read_header(Decoder& decoder) {
  if (setjmp(png_jmpbuf(decoder.png)) != 0) return false;
  png_set_user_limits(decoder.png, kLongestSide, kLongestSide);
  png_set_keep_unknown_chunks(decoder.png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);  // texts are read elsewhere
  png_read_info(decoder.png, decoder.info);
  png_set_expand(decoder.png);
  png_set_scale_16(decoder.png);
  const bool has_alpha = (png_get_color_type(decoder.png, decoder.info) & PNG_COLOR_MASK_ALPHA) != 0 ||
                         png_get_valid(decoder.png, decoder.info, PNG_INFO_tRNS) != 0;
  if (has_alpha) png_set_gray_to_rgb(decoder.png);
  png_set_interlace_handling(decoder.png);
  png_read_update_info(decoder.png, decoder.info);
  return true;
}

bool read_pixels(Decoder& decoder) {
  if (setjmp(png_jmpbuf(decoder.png)) != 0) return false;
  png_read_image(decoder.png, decoder.rows.data());
  png_read_end(decoder.png, nullptr);
  return true;
}

[[noreturn]] void refuse(std::string_view name, std::string_view what) {
  fail(ErrorCode::kCorruptFile, "'{}' is a damaged PNG picture: {}", printable(name), printable(what));
}

// The picture's sizes, checked against the file's before memory is asked for; pixels are still missing.
Image sized_image(const Decoder& decoder, std::string_view name, std::size_t file_size) {
  const std::uint64_t width = png_get_image_width(decoder.png, decoder.info);
  const std::uint64_t height = png_get_image_height(decoder.png, decoder.info);
  if (width * height > static_cast<std::uint64_t>(kMostPixels)) {
    fail(ErrorCode::kCorruptFile, "'{}' is {}x{}, expected at most {} pixels", printable(name), width, height,
         kMostPixels);
  }
  const std::uint64_t stored = width * height * png_get_channels(decoder.png, decoder.info) / 32;
  if (stored / kHighestPacking > file_size) refuse(name, "the file is too small for its pixels");
  return {.width = static_cast<int>(width),
          .height = static_cast<int>(height),
          .channels = png_get_channels(decoder.png, decoder.info),
          .pixels = {}};
}

}  // namespace

Image decode_png(std::span<const std::byte> bytes, std::string_view name) {
  if (!is_png(bytes)) fail(ErrorCode::kCorruptFile, "'{}' is not a PNG picture", printable(name));
  Decoder decoder;
  decoder.rest = bytes;
  decoder.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, on_error, on_warning);
  decoder.info = decoder.png == nullptr ? nullptr : png_create_info_struct(decoder.png);
  if (decoder.info == nullptr) throw std::bad_alloc();
  png_set_read_fn(decoder.png, &decoder, on_read);
  if (!read_header(decoder)) refuse(name, decoder.message);

  Image image = sized_image(decoder, name, bytes.size());
  const std::size_t stride = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.channels);
  if (png_get_rowbytes(decoder.png, decoder.info) != stride) refuse(name, "its rows have an unexpected size");
  image.pixels.resize(stride * static_cast<std::size_t>(image.height));
  decoder.rows.resize(static_cast<std::size_t>(image.height));
  for (std::size_t y = 0; y < decoder.rows.size(); ++y) decoder.rows[y] = image.pixels.data() + y * stride;
  if (!read_pixels(decoder)) refuse(name, decoder.message);
  return image;
}

Image read_png(const std::filesystem::path& path) {
  const auto file = platform::MappedFile::open(path);
  return decode_png(file->bytes(), path.string());
}

}  // namespace fude::io
