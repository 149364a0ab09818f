#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"

/// Whatever a file calls its tensors, an error message stays one line of bounded length.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fude::printable({reinterpret_cast<const char*>(data), size}, 40);
  constexpr std::size_t kLongestEscape = 4;  // \x1b
  if (text.size() > 40 * kLongestEscape + 3) std::abort();
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20) std::abort();
  return 0;
}
