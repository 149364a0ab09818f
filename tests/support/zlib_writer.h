#pragma once

#include <zlib.h>

#include <string>
#include <string_view>

namespace fude::tests {

/// The text as a zlib stream.
inline std::string zlib_stream(std::string_view text) {
  uLongf size = compressBound(text.size());
  std::string result(size, '\0');
  compress2(reinterpret_cast<Bytef*>(result.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size(),
            Z_BEST_COMPRESSION);
  result.resize(size);
  return result;
}

}  // namespace fude::tests
