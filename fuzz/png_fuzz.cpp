#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "io/images/embedding_picture.h"
#include "io/images/png_file.h"

namespace {

// Mutations would hardly ever get past the checksums, so every chunk is given its right one.
std::vector<std::byte> with_right_checksums(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> file(data, data + size);
  for (std::size_t at = 8; at + 12 <= size;) {
    const std::size_t length = std::size_t{file[at]} << 24 | file[at + 1] << 16 | file[at + 2] << 8 | file[at + 3];
    if (length > size - at - 12) break;
    const uLong sum = crc32_z(0, file.data() + at + 4, length + 4);
    for (int i = 0; i < 4; ++i) {
      file[at + 8 + length + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
    }
    at += 12 + length;
  }
  const std::span<const std::byte> bytes = std::as_bytes(std::span(file));
  return {bytes.begin(), bytes.end()};
}

void read(std::span<const std::byte> bytes) {
  const fude::io::PngTexts found = fude::io::read_png_texts(bytes);
  for (const fude::io::PngText& text : found.texts) {
    try {
      static_cast<void>(fude::io::text_chunk(text));
    } catch (const fude::Error&) {  // a keyword we would not write
    }
  }
  try {
    static_cast<void>(fude::io::find_embedding_json(bytes, "input"));
  } catch (const fude::Error&) {
  }
  try {
    const fude::io::Image image = fude::io::decode_png(bytes);
    if (image.pixels.size() < 4096) static_cast<void>(fude::io::encode_png(image));
  } catch (const fude::Error&) {
  }
}

}  // namespace

/// Texts and pixels of hostile PNG files: every read stays inside the data, memory stays bounded, and what is refused
/// is refused with an Error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  if (!fude::io::is_png(bytes)) return 0;
  read(bytes);
  read(with_right_checksums(data, size));
  return 0;
}
