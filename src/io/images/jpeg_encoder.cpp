// jpeglib.h stands on these without including them.
#include <cstddef>
#include <cstdio>
//
#include <jpeglib.h>

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/error.h"
#include "io/images/jpeg_file.h"
#include "io/images/jpeg_segments.h"

namespace fude::io {
namespace {

// All that outlives a jump out of libjpeg. Functions between setjmp and libjpeg hold nothing with a destructor.
struct Encoder {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  std::jmp_buf back{};
  char message[JMSG_LENGTH_MAX] = "";
  unsigned char* packed = nullptr;
  unsigned long size = 0;
  std::vector<std::uint8_t> row;
  std::vector<std::string> notes;  // segments

  Encoder() = default;
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  ~Encoder() {
    jpeg_destroy_compress(&jpeg);
    std::free(packed);
  }
};

void on_error(j_common_ptr jpeg) {
  auto* encoder = static_cast<Encoder*>(jpeg->client_data);
  jpeg->err->format_message(jpeg, encoder->message);
  std::longjmp(encoder->back, 1);
}

void on_message(j_common_ptr, int) {}

// A row without its transparency.
std::uint8_t* opaque_row(Encoder& encoder, const Image& image, std::size_t y) {
  const auto channels = static_cast<std::size_t>(image.channels), width = static_cast<std::size_t>(image.width);
  const std::uint8_t* source = image.pixels.data() + y * width * channels;
  const std::size_t kept = channels == 1 ? 1 : 3;
  for (std::size_t x = 0; x < width; ++x) {
    for (std::size_t c = 0; c < kept; ++c) encoder.row[x * kept + c] = source[x * channels + c];
  }
  return encoder.row.data();
}

bool write_all(Encoder& encoder, const Image& image, int quality) {
  encoder.jpeg.err = jpeg_std_error(&encoder.errors);
  encoder.errors.error_exit = on_error;
  encoder.errors.emit_message = on_message;
  if (setjmp(encoder.back) != 0) return false;
  jpeg_create_compress(&encoder.jpeg);  // clears all but the errors
  encoder.jpeg.client_data = &encoder;
  jpeg_mem_dest(&encoder.jpeg, &encoder.packed, &encoder.size);
  encoder.jpeg.image_width = static_cast<JDIMENSION>(image.width);
  encoder.jpeg.image_height = static_cast<JDIMENSION>(image.height);
  encoder.jpeg.input_components = image.channels == 1 ? 1 : 3;
  encoder.jpeg.in_color_space = image.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&encoder.jpeg);
  jpeg_set_quality(&encoder.jpeg, quality, TRUE);
  jpeg_start_compress(&encoder.jpeg, TRUE);
  for (const std::string& note : encoder.notes) {
    jpeg_write_marker(&encoder.jpeg, kApp1, reinterpret_cast<const JOCTET*>(note.data()),
                      static_cast<unsigned>(note.size()));
  }
  while (encoder.jpeg.next_scanline < encoder.jpeg.image_height) {
    JSAMPROW row = opaque_row(encoder, image, encoder.jpeg.next_scanline);
    jpeg_write_scanlines(&encoder.jpeg, &row, 1);
  }
  jpeg_finish_compress(&encoder.jpeg);
  return true;
}

void check(const Image& image) {
  const bool has_channels = image.channels == 1 || image.channels == 3 || image.channels == 4;
  const bool has_size =
      image.width > 0 && image.height > 0 && image.width <= JPEG_MAX_DIMENSION && image.height <= JPEG_MAX_DIMENSION;
  const auto expected = static_cast<std::uint64_t>(image.width) * static_cast<std::uint64_t>(image.height) *
                        static_cast<std::uint64_t>(image.channels);
  if (has_channels && has_size && image.pixels.size() == expected) return;
  fail(ErrorCode::kInvalidArgument, "picture of {}x{} with {} channels and {} bytes cannot be a JPEG picture",
       image.width, image.height, image.channels, image.pixels.size());
}

}  // namespace

std::vector<std::byte> encode_jpeg(const Image& image, int quality, std::span<const std::byte> exif,
                                   std::string_view xmp) {
  check(image);
  if (exif.size() > kMostJpegExif || xmp.size() > kMostJpegXmp) {
    fail(ErrorCode::kInvalidArgument, "a text of {} bytes does not fit into a JPEG picture",
         std::max(exif.size(), xmp.size()));
  }
  Encoder encoder;
  encoder.row.resize(static_cast<std::size_t>(image.width) * 3);
  if (!exif.empty()) {
    encoder.notes.push_back(std::string("Exif\0\0", 6) +
                            std::string(reinterpret_cast<const char*>(exif.data()), exif.size()));
  }
  if (!xmp.empty()) encoder.notes.push_back(std::string(kXmpMark) + std::string(xmp));
  if (!write_all(encoder, image, quality)) {
    fail(ErrorCode::kOutOfResources, "picture of {}x{} cannot be written as JPEG: {}", image.width, image.height,
         printable(encoder.message));
  }
  const auto* const bytes = reinterpret_cast<const std::byte*>(encoder.packed);
  return {bytes, bytes + encoder.size};
}

}  // namespace fude::io
