#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

namespace fude::io {

/// One part of a WebP file.
struct RiffChunk {
  std::string_view type = {};  // four characters
  std::span<const std::byte> content = {};
};

/// Calls `use` for every chunk of a RIFF file (the container of WebP), up to the first that is cut short. `bytes` begin
/// with "RIFF", a size and the kind of file.
void for_each_chunk(std::span<const std::byte> bytes, const std::function<void(const RiffChunk&)>& use);

}  // namespace fude::io
