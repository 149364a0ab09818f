// jpeglib.h stands on these without including them.
#include <cstddef>
#include <cstdio>
//
#include <jpeglib.h>
//
#include <jerror.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/error.h"
#include "io/images/jpeg_file.h"
#include "io/images/png_file.h"

namespace fude::io {
namespace {

// A file of n bytes is taken to hold at most so many pixels an byte: a block of 64 takes one bit at least, and of a
// picture in colour not all planes need have full size.
constexpr std::uint64_t kMostPixelsPerByte = 4096;
// Of a picture that sharpens while it loads; encoders make ten or so, and each costs a walk over all pixels.
constexpr int kMostScans = 200;

// All that outlives a jump out of libjpeg. Functions between setjmp and libjpeg hold nothing with a destructor.
struct Decoder {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf back{};
  char message[JMSG_LENGTH_MAX] = "damaged";

  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { jpeg_destroy_decompress(&jpeg); }
};

void on_error(j_common_ptr jpeg) {
  auto* decoder = static_cast<Decoder*>(jpeg->client_data);
  jpeg->err->format_message(jpeg, decoder->message);
  std::longjmp(decoder->back, 1);
}

// Of what libjpeg would only warn of, this means that pixels are missing or wrong.
void on_message(j_common_ptr jpeg, int level) {
  constexpr std::array kDamage{JWRN_JPEG_EOF, JWRN_HIT_MARKER, JWRN_HUFF_BAD_CODE, JWRN_NOT_SEQUENTIAL,
                               JWRN_MUST_RESYNC};
  if (level < 0 && std::ranges::find(kDamage, jpeg->err->msg_code) != kDamage.end()) on_error(jpeg);
}

void on_progress(j_common_ptr jpeg) {
  auto* decoder = static_cast<Decoder*>(jpeg->client_data);
  if (decoder->jpeg.input_scan_number <= kMostScans) return;
  std::strncpy(decoder->message, "it has too many scans", sizeof(decoder->message) - 1);
  std::longjmp(decoder->back, 1);
}

// Asks for grey, RGB or four inks, and reads up to the pixels. False: see decoder.message.
bool read_header(Decoder& decoder, const unsigned char* bytes, unsigned long size) {
  decoder.jpeg.err = jpeg_std_error(&decoder.errors);
  decoder.errors.error_exit = on_error;
  decoder.errors.emit_message = on_message;
  decoder.progress.progress_monitor = on_progress;
  if (setjmp(decoder.back) != 0) return false;
  jpeg_create_decompress(&decoder.jpeg);  // clears all but the errors
  decoder.jpeg.client_data = &decoder;
  decoder.jpeg.progress = &decoder.progress;
  jpeg_mem_src(&decoder.jpeg, bytes, size);
  jpeg_read_header(&decoder.jpeg, TRUE);
  const bool has_inks = decoder.jpeg.jpeg_color_space == JCS_CMYK || decoder.jpeg.jpeg_color_space == JCS_YCCK;
  const bool is_grey = decoder.jpeg.jpeg_color_space == JCS_GRAYSCALE;
  decoder.jpeg.out_color_space = has_inks ? JCS_CMYK : is_grey ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_calc_output_dimensions(&decoder.jpeg);
  return true;
}

bool read_pixels(Decoder& decoder, std::uint8_t* pixels, std::size_t stride) {
  if (setjmp(decoder.back) != 0) return false;
  jpeg_start_decompress(&decoder.jpeg);
  while (decoder.jpeg.output_scanline < decoder.jpeg.output_height) {
    JSAMPROW row = pixels + decoder.jpeg.output_scanline * stride;
    jpeg_read_scanlines(&decoder.jpeg, &row, 1);
  }
  jpeg_finish_decompress(&decoder.jpeg);
  return true;
}

[[noreturn]] void refuse(std::string_view name, std::string_view what) {
  fail(ErrorCode::kCorruptFile, "'{}' is a damaged JPEG picture: {}", printable(name), printable(what));
}

// The picture's sizes, checked against the file's before memory is asked for; pixels are still missing.
Image sized_image(const Decoder& decoder, std::string_view name, std::size_t file_size) {
  const std::uint64_t width = decoder.jpeg.output_width, height = decoder.jpeg.output_height;
  if (width * height > static_cast<std::uint64_t>(kMostPixels)) {
    fail(ErrorCode::kCorruptFile, "'{}' is {}x{}, expected at most {} pixels", printable(name), width, height,
         kMostPixels);
  }
  if (width * height / kMostPixelsPerByte > file_size) refuse(name, "the file is too small for its pixels");
  return {.width = static_cast<int>(width),
          .height = static_cast<int>(height),
          .channels = decoder.jpeg.output_components,
          .pixels = {}};
}

// Adobe stores how much light the inks leave. (a * b + 128) / 255, rounded, as Pillow computes it.
std::uint8_t mixed(std::uint8_t light, std::uint8_t black_light) {
  const unsigned product = light * black_light + 128U;
  return static_cast<std::uint8_t>(((product >> 8U) + product) >> 8U);
}

void inks_to_rgb(Image& image) {
  std::size_t target = 0;
  for (std::size_t source = 0; source < image.pixels.size(); source += 4) {
    const std::uint8_t black_light = image.pixels[source + 3];
    for (std::size_t i = 0; i < 3; ++i) image.pixels[target++] = mixed(image.pixels[source + i], black_light);
  }
  image.pixels.resize(target);
  image.channels = 3;
}

}  // namespace

Image decode_jpeg(std::span<const std::byte> bytes, std::string_view name) {
  Decoder decoder;
  if (!read_header(decoder, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size())) {
    refuse(name, decoder.message);
  }
  Image image = sized_image(decoder, name, bytes.size());
  if (image.channels != 1 && image.channels != 3 && image.channels != 4)
    refuse(name, "its colours are of no known kind");
  const std::size_t stride = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.channels);
  image.pixels.resize(stride * static_cast<std::size_t>(image.height));
  if (!read_pixels(decoder, image.pixels.data(), stride)) refuse(name, decoder.message);
  if (image.channels == 4) inks_to_rgb(image);
  return image;
}

}  // namespace fude::io
