#include "service/picture_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/hash.h"
#include "core/unicode.h"

namespace fude::service {
namespace {

constexpr std::size_t kLongestWord = 100;  // code points

// Scripts that write words without spaces between them. The iteration mark and the long vowel are part of words.
bool is_unspaced(char32_t c) {
  return (c >= 0x3005 && c <= 0x3007) || (c >= 0x3041 && c <= 0x30FF && c != 0x30A0 && c != 0x30FB) ||
         (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFF);
}

bool is_in_word(char32_t c) { return c != U'_' && is_word_character(c); }

// The end of what begins at `begin`: a run without spaces, or a word.
std::size_t end_of_run(std::u32string_view text, std::size_t begin) {
  const bool unspaced = is_unspaced(text[begin]);
  std::size_t end = begin;
  while (end < text.size() && is_unspaced(text[end]) == unspaced && (unspaced || is_in_word(text[end]))) ++end;
  return end;
}

void append_pairs(std::vector<std::string>& words, std::u32string_view run, bool with_last) {
  for (std::size_t i = 0; i + 1 < run.size(); ++i) words.push_back(encode_utf8(run.substr(i, 2)));
  if (with_last || run.size() == 1) words.push_back(encode_utf8(run.substr(run.size() - 1)));
}

// At most `limit` bytes, cut between characters.
std::string_view beginning(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return text.substr(0, limit);
}

}  // namespace

std::u32string folded(std::string_view text) {
  std::u32string wide;
  for (const char32_t c : decode_utf8(text)) {
    if (c < 0x80) {
      wide += c;
    } else {
      wide += to_nfkc(c);
    }
  }
  const bool is_ascii = std::ranges::all_of(wide, [](char32_t c) { return c < 0x80; });
  if (!is_ascii) return to_lower(to_nfc(wide));
  for (char32_t& c : wide) c = c >= U'A' && c <= U'Z' ? c + 32 : c;
  return wide;
}

std::string indexed_words(std::string_view text) {
  const std::u32string wide = folded(beginning(text, kSearchedText));
  std::vector<std::string> words;
  for (std::size_t at = 0; at < wide.size();) {
    if (!is_unspaced(wide[at]) && !is_in_word(wide[at])) {
      ++at;
      continue;
    }
    const std::size_t end = end_of_run(wide, at);
    const auto run = std::u32string_view(wide).substr(at, end - at);
    if (is_unspaced(run.front())) {
      append_pairs(words, run, /*with_last=*/true);
    } else {
      words.push_back(encode_utf8(run.substr(0, kLongestWord)));
    }
    at = end;
  }
  return fmt::format("{}", fmt::join(words, " "));
}

WordSequence searched_words(std::string_view text, bool is_whole) {
  const std::u32string wide = folded(beginning(text, kSearchedText));
  WordSequence sequence;
  std::u32string_view last;
  for (std::size_t at = 0; at < wide.size();) {
    if (!is_unspaced(wide[at]) && !is_in_word(wide[at])) {
      ++at;
      continue;
    }
    // A run that others follow ends as it does in the index; of the last one more may follow there.
    if (!last.empty() && is_unspaced(last.front()) && last.size() > 1) {
      sequence.words.push_back(encode_utf8(last.substr(last.size() - 1)));
    }
    const std::size_t end = end_of_run(wide, at);
    last = std::u32string_view(wide).substr(at, end - at);
    if (is_unspaced(last.front())) {
      append_pairs(sequence.words, last, /*with_last=*/false);
    } else {
      sequence.words.push_back(encode_utf8(last.substr(0, kLongestWord)));
    }
    at = end;
  }
  if (!last.empty()) sequence.is_open = is_unspaced(last.front()) ? last.size() == 1 : !is_whole;
  return sequence;
}

std::string key_word(KeyKind kind, std::string_view value) {
  // U+E000 is a word character to SQLite and none to us, so it stands in no word of a text.
  return fmt::format("\uE000{}{:016x}", static_cast<char>(kind), fnv1a64(encode_utf8(folded(value))));
}

}  // namespace fude::service
