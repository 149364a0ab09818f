#include "tokenizers/clip_tokenizer.h"

#include <algorithm>
#include <optional>

#include "core/unicode.h"
#include "tokenizers/byte_pair_merges.h"
#include "tokenizers/html_entities.h"
#include "tokenizers/text_repair.h"

namespace fude::tokenizers {
namespace {

/// Runs of white space become one space; none is left at the ends.
std::u32string collapse_spaces(std::u32string_view text) {
  std::u32string result;
  bool wants_space = false;
  for (char32_t c : text) {
    if (is_space(c)) {
      wants_space = !result.empty();
      continue;
    }
    if (wants_space) result.push_back(' ');
    wants_space = false;
    result.push_back(c);
  }
  return result;
}

/// Length of an English contraction ('s 't 're 've 'm 'll 'd) at the start of lower-case text; 0 when there is none.
std::size_t contraction_length(std::u32string_view text) {
  if (text.size() < 2 || text[0] != '\'') return 0;
  const char32_t c = text[1];
  const char32_t second = text.size() > 2 ? text[2] : 0;
  if (c == 's' || c == 0x017F || c == 't' || c == 'm' || c == 'd') return 2;  // U+017F is the long s
  const bool is_double = ((c == 'r' || c == 'v') && second == 'e') || (c == 'l' && second == 'l');
  return is_double ? 3 : 0;
}

bool is_other(char32_t c) { return !is_space(c) && !is_letter(c) && !is_number(c); }

/// Length of the word at the start of the text: a contraction, a run of letters, one number, or a run of other signs.
std::size_t word_length(std::u32string_view text) {
  if (const std::size_t length = contraction_length(text)) return length;
  if (is_number(text[0])) return 1;
  const auto belongs = is_letter(text[0]) ? is_letter : is_other;
  return static_cast<std::size_t>(std::ranges::find_if_not(text, belongs) - text.begin());
}

struct Special {
  std::int32_t id;
  std::size_t length;  // characters
};

/// The special text at the start of `text`, if there is one. Both kinds of text are ASCII here.
template <typename Text>
std::optional<Special> special_at(const ClipTokenizerOptions& options, Text text) {
  for (std::size_t i = 0; i < options.special_texts.size(); ++i) {
    const std::string_view special = options.special_texts[i];
    if (text.size() < special.size() || !std::ranges::equal(special, text.substr(0, special.size()))) continue;
    return Special{i == 0 ? ClipTokenizer::kStartId : ClipTokenizer::kEndId, special.size()};
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::int32_t> ClipTokenizer::encode(std::string_view text) const {
  std::vector<std::int32_t> ids;
  std::size_t begin = 0;
  if (options_.splits_at_special_texts) {
    for (std::size_t i = text.find('<'); i != text.npos; i = text.find('<', i)) {
      const std::optional<Special> special = special_at(options_, text.substr(i));
      if (special) {
        encode_part(text.substr(begin, i - begin), ids);
        ids.push_back(special->id);
        begin = i + special->length;
      }
      i += special ? special->length : 1;
    }
  }
  encode_part(text.substr(begin), ids);
  return ids;
}

std::string ClipTokenizer::token_text(std::int32_t id) {
  if (id < 0 || id >= kStartId) return {};
  return byte_pair_text(id);
}

void ClipTokenizer::encode_part(std::string_view text, std::vector<std::int32_t>& ids) const {
  std::u32string repaired = repair_text(decode_utf8(text));
  if (options_.unescapes_html) repaired = unescape_html(unescape_html(repaired));
  const std::u32string clean = to_lower(collapse_spaces(repaired));
  for (std::u32string_view rest = clean; !rest.empty();) {
    std::size_t length = 1;
    if (const auto special = special_at(options_, rest)) {
      ids.push_back(special->id);
      length = special->length;
    } else if (!is_space(rest[0])) {
      length = word_length(rest);
      append_byte_pair_ids(encode_utf8(rest.substr(0, length)), ids);
    }
    rest.remove_prefix(length);
  }
}

}  // namespace fude::tokenizers
