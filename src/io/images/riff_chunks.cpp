#include "io/images/riff_chunks.h"

#include <algorithm>

namespace fude::io {
namespace {

std::size_t little_endian32(std::span<const std::byte> bytes) {
  std::size_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<std::size_t>(bytes[i]);
  return value;
}

}  // namespace

void for_each_chunk(std::span<const std::byte> bytes, const std::function<void(const RiffChunk&)>& use) {
  constexpr std::size_t kFileHead = 12, kHead = 8;
  std::span<const std::byte> rest = bytes.size() < kFileHead ? bytes.first(0) : bytes.subspan(kFileHead);
  while (rest.size() >= kHead) {
    const std::size_t size = little_endian32(rest.subspan(4));
    if (size > rest.size() - kHead) return;
    use({.type = std::string_view(reinterpret_cast<const char*>(rest.data()), 4),
         .content = rest.subspan(kHead, size)});
    rest = rest.subspan(std::min(rest.size(), kHead + size + size % 2));
  }
}

}  // namespace fude::io
