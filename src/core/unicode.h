#pragma once

#include <string>
#include <string_view>

namespace fude {

/// Code points of UTF-8 text. Bytes that are no UTF-8 become U+FFFD, one for each maximal broken part.
std::u32string decode_utf8(std::string_view text);

/// UTF-8 of code points; surrogates and values beyond U+10FFFF become U+FFFD.
std::string encode_utf8(std::u32string_view text);

/// White space as Python's str.isspace() and \s see it (Unicode White_Space and the separators U+001C..U+001F).
bool is_space(char32_t character);

/// A character of a word as Python's \w sees it: a letter, a number or the underscore.
bool is_word_character(char32_t character);

bool is_letter(char32_t character);  ///< general category L
bool is_number(char32_t character);  ///< general category N

/// Value of a decimal digit of any script, -1 for other characters.
int digit_value(char32_t character);

/// Columns that the character takes in a terminal: 0 for marks and controls, 2 for wide ones such as kanji, else 1.
int display_width(char32_t character);

/// Lower case by Unicode's full mapping, language-neutral, final sigma included.
std::u32string to_lower(std::u32string_view text);

/// Normal form C. A run of more than 500 combining marks is normalised in parts, which bounds the time.
std::u32string to_nfc(std::u32string_view text);

/// Normal form KC of one character.
std::u32string to_nfkc(char32_t character);

}  // namespace fude
