#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fude::tokenizers {

/// A single-byte code page that text is often decoded with by mistake.
struct CodePage {
  const char16_t* high_half;  // characters of the bytes 0x80..0xFF
  bool is_sloppy;             // unassigned bytes stand for themselves, and byte 0x1A for U+FFFD
  bool restores_spaces;       // a space may stand for byte 0xA0; in Mac Roman that would hit dashes
};

/// The pages in the order in which they are tried: Latin-1, Windows-1252, -1251, -1250, -1253, -1254, ISO 8859-2,
/// Mac Roman, CP437.
std::span<const CodePage> code_pages();

/// Those of them (Latin-1 and Windows) whose upper quarter holds letters; text decoded with one still shows which
/// characters were lead bytes of UTF-8.
std::span<const CodePage> latin_like_code_pages();

/// The bytes that the page decodes to `text`; nothing when a character is not in the page.
std::optional<std::string> encode_with(const CodePage& page, std::u32string_view text);

/// What Windows-1252 has in place of a C1 control (U+0080..U+009F); the control itself where it has nothing.
char32_t windows_1252_of_control(char32_t control);

/// Strict UTF-8; nothing when a byte is out of place. `allows_variants`: also CESU-8 surrogate pairs and C0 80 for NUL.
std::optional<std::u32string> decode_strict_utf8(std::string_view bytes, bool allows_variants);

}  // namespace fude::tokenizers
