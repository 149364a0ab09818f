#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "io/images/png_size.h"

namespace fude::io {

inline constexpr std::uint8_t kApp1 = 0xE1;

/// What an XMP segment (APP1) of a JPEG file begins with (XMP specification, part 3, 1.1.3).
inline constexpr std::string_view kXmpMark("http://ns.adobe.com/xap/1.0/\0", 29);

/// One part of a JPEG file's head.
struct JpegSegment {
  std::uint8_t marker = 0;
  std::span<const std::byte> content = {};
};

/// Calls `use` for every segment before the pixels, up to the first that is damaged. `bytes` begin with the start of
/// the picture.
void for_each_segment(std::span<const std::byte> bytes, const std::function<void(const JpegSegment&)>& use);

/// The size that a JPEG file's frame header states, not turned. Absent when there is none.
std::optional<PictureSize> jpeg_size(std::span<const std::byte> bytes);

}  // namespace fude::io
