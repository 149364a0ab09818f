#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fude::io {

/// A text stored in a PNG file beside the pixels. Both members are UTF-8.
struct PngText {
  std::string keyword;  // "parameters": what the picture was made from
  std::string text;
};

/// The keyword of a packet of XMP.
inline constexpr std::string_view kXmpKeyword = "XML:com.adobe.xmp";

/// The texts of a PNG file, in the file's order.
struct PngTexts {
  std::vector<PngText> texts;
  bool is_whole = true;  // false: the file ends too early or is damaged; texts found before that are kept
};

/// Whether the bytes begin with the PNG signature.
bool is_png(std::span<const std::byte> bytes);

/// Reads tEXt, zTXt and iTXt chunks, before and after the pixels, without decoding pixels. A chunk whose checksum is
/// wrong, or which would unpack to more than 16 MiB, makes the file not whole and is left out; so is all that comes
/// after 1,000 texts or 32 MiB of them. Never throws for what the bytes hold, except Error(kCorruptFile) without the
/// PNG signature.
PngTexts read_png_texts(std::span<const std::byte> bytes);

/// The text under a keyword; absent when there is none.
std::optional<std::string_view> find_text(std::span<const PngText> texts, std::string_view keyword);

/// Type ("tEXt" or "iTXt") and content of the chunk a text is written as: Latin-1 when it can be, else (and for
/// XMP) UTF-8 uncompressed. The same bytes as Pillow writes for the web UI. Throws Error(kInvalidArgument) for a
/// keyword that is not 1..79 printable ASCII characters.
struct PngTextChunk {
  std::string_view type;
  std::string content;
};
PngTextChunk text_chunk(const PngText& text);

}  // namespace fude::io
