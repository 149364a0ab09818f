#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "io/safetensors_reader.h"
#include "tensor_listing_check.h"

namespace {

void read(std::span<const std::byte> file) {
  try {
    fude::fuzz::check_listing(fude::io::read_safetensors(file, "input"));
  } catch (const fude::Error&) {
  }
}

/// Mutations would hardly ever keep the header's length right, so it is put there: the text ends with its last brace.
std::string with_right_length(std::string_view text) {
  const uint64_t length = text.rfind('}') == std::string_view::npos ? text.size() : text.rfind('}') + 1;
  std::string file(sizeof(length), '\0');
  std::memcpy(file.data(), &length, sizeof(length));
  return file.append(text);
}

}  // namespace

/// Hostile .safetensors files: what is listed lies within the file, what is refused is refused with an Error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read(std::as_bytes(std::span(data, size)));
  if (size > 8) {
    const std::string file = with_right_length({reinterpret_cast<const char*>(data) + 8, size - 8});
    read(std::as_bytes(std::span(file)));
  }
  return 0;
}
