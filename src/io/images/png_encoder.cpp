#include <png.h>

#include <csetjmp>
#include <cstring>
#include <new>

#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "io/images/png_file.h"

namespace fude::io {
namespace {

// All that outlives a jump out of libpng. Functions between setjmp and libpng hold nothing with a destructor.
struct Encoder {
  png_structp png = nullptr;
  png_infop info = nullptr;
  bool is_out_of_memory = false;
  std::vector<std::byte> bytes;
  std::vector<PngTextChunk> chunks;

  Encoder() = default;
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  ~Encoder() { png_destroy_write_struct(&png, &info); }
};

void on_error(png_structp png, png_const_charp) { png_longjmp(png, 1); }

void on_warning(png_structp, png_const_charp) {}

// Exceptions must not pass through libpng, which is C.
bool append(Encoder& encoder, const std::byte* data, std::size_t count) noexcept {
  try {
    encoder.bytes.insert(encoder.bytes.end(), data, data + count);
    return true;
  } catch (const std::bad_alloc&) {
    encoder.is_out_of_memory = true;
    return false;
  }
}

void on_write(png_structp png, png_bytep data, std::size_t count) {
  auto* encoder = static_cast<Encoder*>(png_get_io_ptr(png));
  if (!append(*encoder, reinterpret_cast<const std::byte*>(data), count)) png_error(png, "out of memory");
}

void on_flush(png_structp) {}

int color_type(int channels) {
  switch (channels) {
    case 1: return PNG_COLOR_TYPE_GRAY;
    case 4: return PNG_COLOR_TYPE_RGB_ALPHA;
    default: return PNG_COLOR_TYPE_RGB;
  }
}

bool write_all(Encoder& encoder, const Image& image) {
  if (setjmp(png_jmpbuf(encoder.png)) != 0) return false;
  png_set_IHDR(encoder.png, encoder.info, static_cast<png_uint_32>(image.width), static_cast<png_uint_32>(image.height),
               8, color_type(image.channels), PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(encoder.png, encoder.info);
  for (const PngTextChunk& chunk : encoder.chunks) {
    png_write_chunk(encoder.png, reinterpret_cast<png_const_bytep>(chunk.type.data()),
                    reinterpret_cast<png_const_bytep>(chunk.content.data()), chunk.content.size());
  }
  const std::size_t stride = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.channels);
  for (int y = 0; y < image.height; ++y) {
    png_write_row(encoder.png, image.pixels.data() + static_cast<std::size_t>(y) * stride);
  }
  png_write_end(encoder.png, nullptr);
  return true;
}

void check(const Image& image) {
  const bool has_channels = image.channels == 1 || image.channels == 3 || image.channels == 4;
  const bool has_size =
      image.width > 0 && image.height > 0 && static_cast<std::int64_t>(image.width) * image.height <= kMostPixels;
  const auto expected = static_cast<std::int64_t>(image.width) * image.height * image.channels;
  if (has_channels && has_size && static_cast<std::int64_t>(image.pixels.size()) == expected) return;
  fail(ErrorCode::kInvalidArgument, "picture is {}x{} with {} channels and {} bytes, expected sizes that agree",
       image.width, image.height, image.channels, image.pixels.size());
}

}  // namespace

std::vector<std::byte> encode_png(const Image& image, std::span<const PngText> texts) {
  check(image);
  Encoder encoder;
  for (const PngText& text : texts) encoder.chunks.push_back(text_chunk(text));
  encoder.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &encoder, on_error, on_warning);
  encoder.info = encoder.png == nullptr ? nullptr : png_create_info_struct(encoder.png);
  if (encoder.info == nullptr) throw std::bad_alloc();
  png_set_write_fn(encoder.png, &encoder, on_write, on_flush);
  if (!write_all(encoder, image)) {
    if (encoder.is_out_of_memory) throw std::bad_alloc();
    fail(ErrorCode::kInvalidArgument, "picture of {}x{} cannot be written as PNG", image.width, image.height);
  }
  return std::move(encoder.bytes);
}

void write_png(const std::filesystem::path& path, const Image& image, std::span<const PngText> texts) {
  const std::vector<std::byte> bytes = encode_png(image, texts);
  platform::AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace fude::io
