#pragma once

#include <cstdlib>

#include "io/packed_type.h"
#include "io/tensor_record.h"

namespace fude::fuzz {

/// Ends the program unless every element of every listed tensor lies within its bytes; reads the outermost bytes, so
/// that AddressSanitizer sees whether they lie within the file.
inline void check_listing(const io::TensorListing& listing) {
  volatile std::byte sink{};
  for (const auto& [name, record] : listing.tensors) {
    if (record.element_count() == 0) continue;
    const auto bits = io::bits_per_element(record.type_name);
    if (record.bytes.empty()) {
      if (bits || io::is_packed(record.type)) std::abort();
      continue;
    }
    sink = record.bytes.front();
    sink = record.bytes.back();
    uint64_t last = 0;
    for (std::size_t i = 0; i < record.shape.size(); ++i) {
      last += static_cast<uint64_t>(record.shape[i] - 1) * static_cast<uint64_t>(record.strides[i]);
    }
    if (bits && (last * static_cast<uint64_t>(*bits) + 7) / 8 >= record.bytes.size()) std::abort();
  }
  static_cast<void>(sink);
}

}  // namespace fude::fuzz
