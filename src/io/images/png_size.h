#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace fude::io {

struct PictureSize {
  int width = 0;  // pixels, more than 0
  int height = 0;
};

/// The size that a PNG file's head states, without reading further. Absent when there is no whole head.
std::optional<PictureSize> png_size(std::span<const std::byte> bytes);

}  // namespace fude::io
