#include <cstdint>

#include "io/images/riff_chunks.h"
#include "io/images/webp_file.h"

namespace fude::io {
namespace {

class RiffWriter {
 public:
  void put(std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) bytes_.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
  }
  void put(std::string_view text) { put(std::as_bytes(std::span(text))); }
  void put(std::span<const std::byte> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void put_chunk(std::string_view type, std::span<const std::byte> content) {
    put(type);
    put(static_cast<std::uint32_t>(content.size()), 4);
    put(content);
    if (content.size() % 2 != 0) bytes_.push_back(std::byte{0});
  }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

// Whether the pixels have transparency: by the extended head, or by the flag in a lossless stream's head.
bool has_alpha(const RiffChunk& chunk) {
  constexpr std::byte kAlphaOfHead{0x10}, kAlphaOfStream{0x10};
  if (chunk.type == "VP8X") return !chunk.content.empty() && (chunk.content[0] & kAlphaOfHead) != std::byte{0};
  return chunk.type == "VP8L" && chunk.content.size() > 4 && (chunk.content[4] & kAlphaOfStream) != std::byte{0};
}

}  // namespace

// The container of RFC 9649, section 2.7: an extended head tells of all that follows.
std::vector<std::byte> with_webp_notes(std::span<const std::byte> webp, std::span<const std::byte> exif,
                                       std::string_view xmp) {
  constexpr std::uint32_t kAlpha = 0x10, kExif = 0x08, kXmp = 0x04;
  const auto size = webp_size(webp);
  if (!size || (exif.empty() && xmp.empty())) return {webp.begin(), webp.end()};
  std::uint32_t flags = (exif.empty() ? 0 : kExif) | (xmp.empty() ? 0 : kXmp);
  RiffWriter pixels;
  for_each_chunk(webp, [&](const RiffChunk& chunk) {
    if (has_alpha(chunk)) flags |= kAlpha;
    if (chunk.type != "VP8X") pixels.put_chunk(chunk.type, chunk.content);
  });
  RiffWriter head;
  head.put(flags, 4);
  head.put(static_cast<std::uint32_t>(size->width - 1), 3);
  head.put(static_cast<std::uint32_t>(size->height - 1), 3);
  RiffWriter body;
  body.put("WEBP");
  body.put_chunk("VP8X", head.take());
  body.put(pixels.take());
  if (!exif.empty()) body.put_chunk("EXIF", exif);
  if (!xmp.empty()) body.put_chunk("XMP ", std::as_bytes(std::span(xmp)));
  RiffWriter file;
  file.put_chunk("RIFF", body.take());
  return file.take();
}

}  // namespace fude::io
