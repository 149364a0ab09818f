#include "tokenizers/mojibake.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/unicode.h"
#include "tokenizers/byte_repair.h"
#include "tokenizers/code_pages.h"

namespace fude::tokenizers {
namespace {

/// What a character hints at when it stands beside others; a character may have several of these.
using Hints = std::uint32_t;
constexpr Hints kControl = 1 << 0;  // C1 controls
constexpr Hints kBad = 1 << 1;      // hardly ever written on purpose
constexpr Hints kCurrency = 1 << 2;
constexpr Hints kOpening = 1 << 3;  // punctuation that starts something
constexpr Hints kClosing = 1 << 4;  // punctuation that ends something
constexpr Hints kNumeric = 1 << 5;
constexpr Hints kKaomoji = 1 << 6;      // letters that faces are drawn with
constexpr Hints kUpper = 1 << 7;        // accented capitals
constexpr Hints kLower = 1 << 8;        // accented small letters
constexpr Hints kSmallScript = 1 << 9;  // small letters of Greek and Cyrillic
constexpr Hints kBox = 1 << 10;
constexpr Hints kAsciiSmall = 1 << 11;
constexpr Hints kSpace = 1 << 12;
constexpr Hints kNotAsciiLetter = 1 << 13;
constexpr Hints kAsciiLetter = 1 << 19;
constexpr Hints kWord = 1 << 20;
constexpr Hints kCommon = 1 << 21;         // punctuation that proves nothing by itself
constexpr Hints kCapitalScript = 1 << 22;  // capitals of Greek and Cyrillic, and the thorn
// Characters that some Latin-like code page makes of a byte that starts two, three or four bytes of UTF-8.
constexpr Hints kLead2 = 1 << 14;
constexpr Hints kLead3 = 1 << 15;
constexpr Hints kLead4 = 1 << 16;
constexpr Hints kContinuation = 1 << 17;      // or of a byte that goes on
constexpr Hints kSureContinuation = 1 << 18;  // those that are no common punctuation

struct HintedCharacters {
  Hints hint;
  std::u32string_view characters;
};

struct HintedRange {
  Hints hint;
  char32_t first;
  char32_t last;
};

constexpr std::array kHintedCharacters{
    HintedCharacters{kBad, U"¦¤¨¬¯¶§¸ƒˆˇ˘˛˜†‡‰⌐◊\uFFFDªº"},
    HintedCharacters{kCurrency, U"¢£¥₧€"},
    HintedCharacters{kOpening, U"¡«¿©΄΅‘‚“„•‹\uF8FF"},
    HintedCharacters{kClosing, U"®»˝”›™"},
    HintedCharacters{kNumeric, U"²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№"},
    HintedCharacters{kKaomoji, U"Ő°"},
    HintedCharacters{kUpper, U"ØÜÝĂĄĆČĎĐĘĚĞİĹĽŁŃŇŒŘŚŞŠŢŤŮŰŸŹŻŽҐ"},
    HintedCharacters{kLower, U"ßăąćčďđęěğĺľłœŕśşšťüźżžґ\uFB01\uFB02"},
    HintedCharacters{kSmallScript, U"άέήίΰ"},
    HintedCharacters{kCapitalScript, U"ÞΆΈΉΊΌΎΏΪΫ"},
    HintedCharacters{kCommon, U"\u00A0\u00AD·´–—―…’"},
    HintedCharacters{kBox, U"│┌┐┘├┤┬┼▀▄█▌▐░▒▓"},
};

constexpr std::array kHintedRanges{
    HintedRange{kControl, 0x80, 0x9F},         HintedRange{kKaomoji, 0xD2, 0xD6},
    HintedRange{kKaomoji, 0xD9, 0xDC},         HintedRange{kKaomoji, 0xF2, 0xF6},
    HintedRange{kKaomoji, 0xF8, 0xFC},         HintedRange{kUpper, 0xC0, 0xD1},
    HintedRange{kLower, 0xE0, 0xF1},           HintedRange{kSmallScript, 0x3B1, 0x3C9},
    HintedRange{kSmallScript, 0x430, 0x45F},   HintedRange{kBox, 0x2550, 0x256C},
    HintedRange{kAsciiSmall, 'a', 'z'},        HintedRange{kCapitalScript, 0x391, 0x3A9},
    HintedRange{kCapitalScript, 0x401, 0x42F},
};

/// Common punctuation that Windows-1252 and -1253 keep at positions of continuation bytes.
constexpr std::u32string_view kPunctuationContinuations = U"–—―‘’‚“”„•…";

constexpr std::size_t kTableSize = 0x2600;  // beyond lie only a few characters, kept in the list above

class HintTable {
 public:
  HintTable() : hints_(kTableSize, 0) {
    for (const auto& [hint, characters] : kHintedCharacters) add(hint, characters);
    for (const auto& [hint, first, last] : kHintedRanges) {
      for (char32_t c = first; c <= last; ++c) hints_[c] |= hint;
    }
    for (char32_t c = 0; c < kTableSize; ++c) hints_[c] |= general_hints(c);
    for (const CodePage& page : latin_like_code_pages()) add_roles(page);
    for (char32_t c : kPunctuationContinuations) hints_[c] &= ~kSureContinuation;
    hints_[' '] |= kContinuation;  // may have been U+00A0
  }

  Hints of(char32_t c) const {
    if (c < kTableSize) return hints_[c];
    Hints hints = general_hints(c);
    for (const auto& [hint, characters] : kHintedCharacters) hints |= characters.find(c) == characters.npos ? 0 : hint;
    return hints;
  }

 private:
  static Hints general_hints(char32_t c) {
    const bool is_ascii_letter = c < 0x80 && (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    return (is_ascii_letter ? kAsciiLetter : kNotAsciiLetter) | (is_space(c) ? kSpace : 0) |
           (is_word_character(c) ? kWord : 0);
  }

  void add(Hints hint, std::u32string_view characters) {
    for (char32_t c : characters) {
      if (c < kTableSize) hints_[c] |= hint;
    }
  }

  void add_roles(const CodePage& page) {
    for (std::size_t i = 0; i < 128; ++i) {
      const std::size_t byte = 0x80 + i;
      Hints& hints = hints_[page.high_half[i]];
      if (byte <= 0xBF) hints |= kContinuation | kSureContinuation;
      if (byte >= 0xC2 && byte <= 0xDF) hints |= kLead2;
      if (byte >= 0xE0 && byte <= 0xEF) hints |= kLead3;
      if (byte == 0xF0 || byte == 0xF3) hints |= kLead4;
    }
  }

  std::vector<Hints> hints_;
};

const HintTable& hint_table() {
  static const HintTable table;
  return table;
}

/// One place of a suspicious sequence: a character that has one of the hints or is listed.
struct Place {
  Hints hints = 0;
  std::u32string_view characters = {};
};

using Sequence = std::array<Place, 4>;  // unused places are empty

constexpr Hints kMarks = kBox | kOpening | kClosing | kCurrency | kNumeric;
constexpr Hints kArabicMiddle = kCommon | kCurrency | kBad | kNumeric | kOpening;
constexpr Hints kCyrillicMiddle = kControl | kBad | kOpening | kClosing | kCurrency;

constexpr std::array kSuspiciousSequences{
    Sequence{Place{kControl}},
    // Characters that hardly ever stand beside each other, by what they are.
    Sequence{Place{kBad | kLower | kUpper | kMarks}, Place{kBad}},
    Sequence{Place{kAsciiLetter}, Place{kSmallScript | kCapitalScript}, Place{kBad}},
    Sequence{Place{kBad}, Place{kLower | kUpper | kMarks}},
    Sequence{Place{kLower | kSmallScript | kBox | kClosing | kCurrency | kNumeric}, Place{kUpper}},
    Sequence{Place{kBox | kClosing | kCurrency | kNumeric}, Place{kLower}},
    Sequence{Place{kLower | kBox | kClosing}, Place{kCurrency}},
    Sequence{Place{kSpace}, Place{kUpper}, Place{kCurrency}},
    Sequence{Place{kUpper | kBox}, Place{kNumeric}},
    Sequence{Place{kLower | kUpper | kBox | kCurrency | kClosing}, Place{kOpening}, Place{kNumeric}},
    Sequence{Place{kLower | kUpper | kCurrency | kNumeric | kBox}, Place{kClosing}, Place{kOpening}},
    Sequence{Place{kCurrency | kNumeric | kBox}, Place{kOpening}},
    Sequence{Place{kAsciiSmall}, Place{kUpper}, Place{kOpening | kCurrency}},
    Sequence{Place{kBox}, Place{kKaomoji}},
    Sequence{Place{kLower | kUpper | kCurrency | kNumeric | kOpening | kClosing}, Place{kBox}},
    Sequence{Place{kBox}, Place{kClosing}},
    Sequence{Place{kLower | kUpper}, Place{kClosing}, Place{kWord}},
    Sequence{Place{0, U"Œœ"}, Place{kNotAsciiLetter}},
    // What frequent characters look like in Windows-1252.
    Sequence{Place{0, U"ÂÃÎÐ"}, Place{kOpening | kClosing, U"€Šš¢£Ÿž\u00A0\u00AD®©°·»–—´"}},
    Sequence{Place{0, U"×"}, Place{0, U"²³"}},
    Sequence{Place{0, U"à"}, Place{0, U"²µ¹¼½¾"}},
    Sequence{Place{0, U"Ã"}, Place{0, U"\u00A0¡"}},
    Sequence{Place{kAsciiSmall}, Place{0, U"ÃÂ"}, Place{0, U" "}},
    Sequence{Place{kAsciiSmall}, Place{kSpace}, Place{0, U"ÃÂ"}, Place{0, U" "}},
    Sequence{Place{kAsciiSmall | kClosing, U".,?!"}, Place{0, U"Â"}, Place{kOpening | kClosing, U" "}},
    Sequence{Place{0, U"ØÙ"}, Place{kArabicMiddle, U"ŸŠ®°µ»"}, Place{0, U"ØÙ"}, Place{kArabicMiddle, U"ŸŠ®°µ»"}},
    // In Mac Roman.
    Sequence{Place{0, U"√"}, Place{0, U"±∂†≠®™´≤≥¥µø"}},
    Sequence{Place{0, U"≈"}, Place{0, U"°¢"}},
    Sequence{Place{0, U"‚"}, Place{0, U"Ä"}, Place{0, U"ìîïòôúùû†°¢π"}},
    Sequence{Place{0, U"‚"}, Place{0, U"âó"}, Place{0, U"àä°ê"}},
    // In Windows-1251 and Windows-1253.
    Sequence{Place{0, U"в"}, Place{0, U"Ђ"}},
    Sequence{Place{0, U"ВГРС"}, Place{kCyrillicMiddle, U"°µ"}, Place{0, U"ВГРС"}},
    Sequence{Place{0, U"β"}, Place{0, U"€"}, Place{0, U"™\u00A0Ά\u00AD®°"}},
    Sequence{Place{0, U"ΒΓΞΟ"}, Place{kCyrillicMiddle, U"°"}, Place{0, U"ΒΓΞΟ"}},
};

bool matches(const Sequence& sequence, std::u32string_view text) {
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    const Place& place = sequence[i];
    if (place.hints == 0 && place.characters.empty()) return true;
    if (i >= text.size()) return false;
    const bool fits = (hint_table().of(text[i]) & place.hints) != 0 || place.characters.find(text[i]) != text.npos;
    if (!fits) return false;
  }
  return true;
}

/// Five Cyrillic letters that a quotation mark turns into when it is garbled twice, with Latin text after it.
bool has_doubly_garbled_quote(std::u32string_view text) {
  constexpr std::u32string_view kQuote = U"ГўВЂВ";
  for (std::size_t i = text.find(kQuote); i != text.npos; i = text.find(kQuote, i + 1)) {
    const std::u32string_view rest = text.substr(i + kQuote.size());
    if (rest.size() < 2 || rest[0] == '\n') continue;
    if (rest[1] == ' ' || (hint_table().of(rest[1]) & kAsciiLetter) != 0) return true;
  }
  return false;
}

bool is_ascii(std::u32string_view text) {
  return std::ranges::all_of(text, [](char32_t c) { return c < 0x80; });
}

/// Length of the run of UTF-8 sequences, each decoded to single characters, at the start of the text.
std::size_t embedded_run_length(std::u32string_view text) {
  const HintTable& table = hint_table();
  const auto has_continuations = [&](std::size_t begin, std::size_t count) {
    if (begin + count > text.size()) return false;
    return std::ranges::all_of(text.substr(begin, count),
                               [&](char32_t c) { return (table.of(c) & kContinuation) != 0; });
  };
  std::size_t length = 0;
  while (length < text.size()) {
    const Hints hints = table.of(text[length]);
    if ((hints & kLead2) != 0 && has_continuations(length + 1, 1)) {
      length += 2;
    } else if ((hints & kLead3) != 0 && has_continuations(length + 1, 2)) {
      length += 3;
    } else if ((hints & kLead4) != 0 && has_continuations(length + 1, 3)) {
      length += 4;
    } else {
      break;
    }
  }
  return length;
}

constexpr int kDeepestEmbedding = 8;

std::u32string undo_at_depth(std::u32string text, int depth);

/// Mends mojibake that is only a part of the text, each such part by itself.
std::u32string undo_embedded(std::u32string_view text, int depth) {
  std::u32string result;
  for (std::size_t i = 0; i < text.size();) {
    // In the middle of a garble, mending a few characters would make matters worse.
    const bool may_start = i == 0 || (hint_table().of(text[i - 1]) & kSureContinuation) == 0;
    const std::size_t length = may_start ? embedded_run_length(text.substr(i)) : 0;
    if (length == 0) {
      result.push_back(text[i++]);
      continue;
    }
    const std::u32string_view part = text.substr(i, length);
    const bool mends = length < text.size() && depth < kDeepestEmbedding && looks_like_mojibake(part);
    result += mends ? undo_at_depth(std::u32string(part), depth + 1) : std::u32string(part);
    i += length;
  }
  return result;
}

std::optional<std::u32string> decode_again(const CodePage& page, std::u32string_view text) {
  std::optional<std::string> bytes = encode_with(page, text);
  if (!bytes) return std::nullopt;
  if (page.restores_spaces) bytes = restore_no_break_spaces(*bytes);
  if (page.is_sloppy) bytes = mark_lost_sequences(*bytes);
  const bool may_vary = bytes->find('\xED') != std::string::npos || bytes->find('\xC0') != std::string::npos;
  return decode_strict_utf8(*bytes, may_vary);
}

/// C1 controls read as Windows-1252. `all_or_nothing`: only if each of them is a character there.
std::u32string replace_controls(std::u32string text, bool all_or_nothing) {
  const auto is_control = [](char32_t c) { return c >= 0x80 && c <= 0x9F; };
  const bool has_gap =
      std::ranges::any_of(text, [&](char32_t c) { return is_control(c) && windows_1252_of_control(c) == c; });
  if (all_or_nothing && has_gap) return text;
  for (char32_t& c : text) c = is_control(c) ? windows_1252_of_control(c) : c;
  return text;
}

std::u32string undo_once(const std::u32string& text, int depth) {
  if (is_ascii(text) || !looks_like_mojibake(text)) return text;
  for (const CodePage& page : code_pages()) {
    if (auto decoded = decode_again(page, text)) return *decoded;
  }
  if (std::u32string mended = undo_embedded(text, depth); mended != text) return mended;
  return replace_controls(text, /*all_or_nothing=*/false);
}

std::u32string undo_at_depth(std::u32string text, int depth) {
  // Every decoding shortens the text, and replacing controls happens at most once between two of them.
  for (;;) {
    std::u32string mended = undo_once(text, depth);
    if (mended == text) return text;
    text = std::move(mended);
  }
}

}  // namespace

bool looks_like_mojibake(std::u32string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto suspicious = [&](const Sequence& sequence) { return matches(sequence, text.substr(i)); };
    if (std::ranges::any_of(kSuspiciousSequences, suspicious)) return true;
  }
  const bool starts_with_lone_letter = text.starts_with(U"Ã ") || text.starts_with(U"Â ");
  return starts_with_lone_letter || has_doubly_garbled_quote(text);
}

std::u32string undo_mojibake(std::u32string text) { return undo_at_depth(std::move(text), 0); }

}  // namespace fude::tokenizers
