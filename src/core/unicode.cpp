#include "core/unicode.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "core/error.h"

namespace fude {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr std::size_t kLongestMarkRun = 500;  // reordering marks takes quadratic time within a run

bool is_ascii(std::u32string_view text) {
  return std::ranges::all_of(text, [](char32_t c) { return c < 0x80; });
}

icu::UnicodeString to_icu(std::u32string_view text) {
  return icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(text.data()),
                                       static_cast<std::int32_t>(text.size()));
}

std::u32string from_icu(const icu::UnicodeString& text) {
  std::u32string result;
  result.reserve(static_cast<std::size_t>(text.length()));
  const char16_t* units = text.getBuffer();
  for (std::int32_t i = 0; i < text.length();) {
    UChar32 character = 0;
    U16_NEXT_OR_FFFD(units, i, text.length(), character);
    result.push_back(static_cast<char32_t>(character));
  }
  return result;
}

std::u32string normalise(const icu::Normalizer2* form, UErrorCode status, std::u32string_view text) {
  icu::UnicodeString normal;
  if (U_SUCCESS(status)) normal = form->normalize(to_icu(text), status);
  if (U_FAILURE(status)) fail(ErrorCode::kOutOfResources, "text cannot be normalised: {}", u_errorName(status));
  return from_icu(normal);
}

}  // namespace

std::u32string decode_utf8(std::string_view text) {
  std::u32string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    UChar32 character = 0;
    U8_NEXT_OR_FFFD(text.data(), i, text.size(), character);
    result.push_back(static_cast<char32_t>(character));
  }
  return result;
}

std::string encode_utf8(std::u32string_view text) {
  std::string result;
  result.reserve(text.size());
  for (char32_t character : text) {
    if (character > 0x10FFFF || U_IS_SURROGATE(character)) character = kReplacement;
    char bytes[4];
    std::size_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, character);
    result.append(bytes, length);
  }
  return result;
}

bool is_space(char32_t character) {
  if (character < 0x80)
    return character == ' ' || (character >= 9 && character <= 13) || (character >= 28 && character <= 31);
  return u_isUWhiteSpace(static_cast<UChar32>(character));
}

bool is_word_character(char32_t character) { return character == '_' || is_letter(character) || is_number(character); }

bool is_letter(char32_t character) { return (U_GET_GC_MASK(static_cast<UChar32>(character)) & U_GC_L_MASK) != 0; }

bool is_number(char32_t character) { return (U_GET_GC_MASK(static_cast<UChar32>(character)) & U_GC_N_MASK) != 0; }

int digit_value(char32_t character) { return u_charDigitValue(static_cast<UChar32>(character)); }

int display_width(char32_t character) {
  const auto code = static_cast<UChar32>(character);
  if ((U_GET_GC_MASK(code) & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CC_MASK | U_GC_CF_MASK)) != 0) return 0;
  const int width = u_getIntPropertyValue(code, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

std::u32string to_lower(std::u32string_view text) {
  if (is_ascii(text)) {
    std::u32string result(text);
    for (char32_t& c : result) c += c >= 'A' && c <= 'Z' ? 32 : 0;
    return result;
  }
  return from_icu(to_icu(text).toLower(icu::Locale::getRoot()));
}

std::u32string to_nfc(std::u32string_view text) {
  if (is_ascii(text)) return std::u32string(text);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form = icu::Normalizer2::getNFCInstance(status);
  std::u32string result;
  std::size_t begin = 0;
  std::size_t marks = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    marks = u_getCombiningClass(static_cast<UChar32>(text[i])) == 0 ? 0 : marks + 1;
    if (marks <= kLongestMarkRun) continue;
    result += normalise(form, status, text.substr(begin, i - begin));
    begin = i;
    marks = 1;
  }
  return result + normalise(form, status, text.substr(begin));
}

std::u32string to_nfkc(char32_t character) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form = icu::Normalizer2::getNFKCInstance(status);
  return normalise(form, status, std::u32string_view(&character, 1));
}

}  // namespace fude
