#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fude::io {

/// Tags of an EXIF block (EXIF 2.3) whose texts are read.
inline constexpr std::uint16_t kImageDescription = 0x010E, kMake = 0x010F, kModel = 0x0110, kSoftware = 0x0131,
                               kArtist = 0x013B, kCopyright = 0x8298;

/// What an EXIF block says that concerns us.
struct Exif {
  int orientation = 1;                         // how the camera was held (tag 0x0112): 1 upright .. 8
  std::map<std::uint16_t, std::string> texts;  // the tags above that it has; UTF-8
  std::optional<std::string> user_comment;     // UTF-8
};

/// Reads a block from its byte order mark ("II*" or "MM*") or the "Exif" before it on. A comment is told from its
/// first eight bytes: "UNICODE" (UTF-16, whose byte order is the one that gives more ASCII), else UTF-8. What cannot be
/// read is left out; never throws for what the bytes hold.
Exif read_exif(std::span<const std::byte> block);

/// A block that holds nothing but a comment, as the web UI writes it: big-endian, "UNICODE" and UTF-16, big-endian too.
/// Begins with the byte order mark.
std::vector<std::byte> write_exif(std::string_view user_comment);

/// The block with the orientation set to upright where it says another, and without the "Exif" before it. A block that
/// is none becomes empty.
std::vector<std::byte> upright_exif(std::span<const std::byte> block);

}  // namespace fude::io
