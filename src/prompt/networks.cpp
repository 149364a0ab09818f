#include "prompt/networks.h"

#include <algorithm>
#include <optional>

#include "core/unicode.h"

namespace fude::prompt {
namespace {

struct FoundTag {
  NetworkTag tag;
  std::size_t length;
};

NetworkTag split_tag(std::u32string_view kind, std::u32string_view content) {
  NetworkTag tag{encode_utf8(kind), {}, {}};
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= content.size();) {
    const std::size_t end = std::min(content.find(U':', begin), content.size());
    parts.push_back(encode_utf8(content.substr(begin, end - begin)));
    begin = end + 1;
  }
  tag.name = parts.front();
  tag.args.assign(parts.begin() + 1, parts.end());
  return tag;
}

/// The tag at the '<' that starts `text`. `close` is the index of the next '>'.
std::optional<FoundTag> tag_at(std::u32string_view text, std::size_t close) {
  std::size_t colon = 1;
  while (colon < close && is_word_character(text[colon])) ++colon;
  if (colon == 1 || text[colon] != ':' || colon + 1 >= close) return std::nullopt;
  return FoundTag{split_tag(text.substr(1, colon - 1), text.substr(colon + 1, close - colon - 1)), close + 1};
}

/// Replaces each "#...", up to and with the end of its line, by a line break. `only_lines`: only where a line starts,
/// together with the line break before it.
std::string replace_comments(std::string_view text, bool only_lines) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const bool starts_after_break = only_lines && text[i] == '\n' && i + 1 < text.size() && text[i + 1] == '#';
    const bool starts = text[i] == '#' && (!only_lines || i == 0);
    if (!starts && !starts_after_break) {
      result.push_back(text[i++]);
      continue;
    }
    const std::size_t end = text.find('\n', i + 1);
    result.push_back('\n');
    i = end == text.npos ? text.size() : end + 1;
  }
  return result;
}

}  // namespace

TextAndNetworks extract_networks(std::string_view text) {
  const std::u32string wide = decode_utf8(text);
  const std::u32string_view view = wide;
  TextAndNetworks result;
  std::u32string remaining;
  std::size_t close = 0;
  for (std::size_t i = 0; i < view.size();) {
    if (close <= i && close != view.npos) close = view.find(U'>', i);
    const auto found = view[i] == '<' && close != view.npos ? tag_at(view.substr(i), close - i) : std::nullopt;
    if (found) {
      result.networks.push_back(found->tag);
      i += found->length;
    } else {
      remaining.push_back(view[i++]);
    }
  }
  result.text = encode_utf8(remaining);
  return result;
}

std::string strip_comments(std::string_view text) {
  // In two steps, as the web UI does it: the line breaks that remain differ otherwise.
  return replace_comments(replace_comments(text, /*only_lines=*/true), /*only_lines=*/false);
}

}  // namespace fude::prompt
