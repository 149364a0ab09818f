#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fude::service {

/// What people say of a picture, kept beside it as "NAME.png.xmp": an XMP packet (ISO 16684-1) that other programs
/// read and write, too: xmp:Rating, dc:subject, dc:description. Texts are UTF-8 without control characters.
struct Sidecar {
  std::vector<std::string> tags = {};  // each once, letters' case aside
  int rating = 0;                      // 0..5
  std::string note = {};
  std::string fingerprint = {};  // of the picture, by which a sidecar that was left behind finds it again; ours alone

  bool operator==(const Sidecar&) const = default;
};

/// Larger files are refused. Bytes.
inline constexpr std::size_t kLargestSidecar = std::size_t{1} << 20;
inline constexpr std::size_t kMostTags = 200;
inline constexpr std::size_t kLongestTag = 200;     // characters
inline constexpr std::size_t kLongestNote = 10000;  // characters

/// Reads a packet. Entities beyond XML's own five are not expanded, and nothing outside of it is read. What exceeds the
/// limits above is cut. Throws Error(kCorruptFile) for what is no XMP; `name` is for the message.
Sidecar parse_sidecar(std::span<const std::byte> bytes, std::string_view name = "sidecar");

/// `before` (empty: none) with the values of `sidecar`; what other programs keep in it stays. Throws as parse_sidecar.
std::string write_sidecar(const Sidecar& sidecar, std::span<const std::byte> before = {},
                          std::string_view name = "sidecar");

/// Tags as they are kept: without control characters, empty ones and repetitions, and within the limits above.
std::vector<std::string> clean_tags(const std::vector<std::string>& tags);

/// The same for a note, line breaks kept.
std::string clean_note(std::string_view note);

}  // namespace fude::service
