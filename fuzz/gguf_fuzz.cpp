#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "core/error.h"
#include "io/gguf_reader.h"
#include "io/packed_type.h"
#include "tensor_listing_check.h"

namespace {

/// Expands what is small, so that AddressSanitizer sees every byte that is read for it.
void expand_small_tensors(const fude::io::TensorListing& listing) {
  constexpr int64_t kMostElements = 1 << 14;
  for (const auto& [name, record] : listing.tensors) {
    const int64_t count = record.element_count();
    if (!fude::io::is_packed(record.type) || count > kMostElements) continue;
    const fude::io::BlockLayout block = fude::io::block_layout(record.type);
    if (record.bytes.size() * block.elements != static_cast<std::size_t>(count) * block.bytes) std::abort();
    std::vector<float> values(static_cast<std::size_t>(count));
    fude::io::expand(record.type, record.bytes, values);
  }
}

}  // namespace

/// Hostile .gguf files: what is listed lies within the file, what is refused is refused with an Error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto listing = fude::io::read_gguf(std::as_bytes(std::span(data, size)), "input");
    fude::fuzz::check_listing(listing);
    expand_small_tensors(listing);
  } catch (const fude::Error&) {
  }
  return 0;
}
