#include "text_rows.h"

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "core/unicode.h"

namespace fude::apps {
namespace {

std::u32string shown(std::string_view text) {
  return decode_utf8(printable(text, std::numeric_limits<std::size_t>::max()));
}

int columns_of(std::u32string_view text) {
  int columns = 0;
  for (const char32_t character : text) columns += display_width(character);
  return columns;
}

// Takes as much off `rest` as fits between `begin` and the right edge.
std::u32string_view take_line(std::u32string_view& rest, int begin) {
  int column = begin;
  std::size_t end = 0, after_space = 0;
  while (end < rest.size() && (column += display_width(rest[end])) <= kReportWidth) {
    if (rest[end++] == U' ') after_space = end;
  }
  if (end < rest.size() && after_space > 0) end = after_space;
  if (end == 0 && !rest.empty()) end = 1;  // a character always gets its place
  std::u32string_view line = rest.substr(0, end);
  rest.remove_prefix(end);
  while (!line.empty() && line.back() == U' ') line.remove_suffix(1);
  return line;
}

}  // namespace

void append_row(std::string& out, std::string_view name, std::string_view text, int name_width) {
  const std::string margin(static_cast<std::size_t>(name_width), ' ');
  const std::u32string left = shown(name);
  const int used = 2 + columns_of(left);
  if (!name.empty()) out += "  " + encode_utf8(left);
  if (text.empty()) {
    out += '\n';
    return;
  }
  if (name.empty()) {
    out += margin;
  } else if (used + 1 < name_width) {
    out += std::string(static_cast<std::size_t>(name_width - used), ' ');
  } else {
    out += '\n' + margin;
  }
  bool is_first = true;
  while (is_first || !text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::u32string line = shown(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    std::u32string_view rest = line;
    do {
      if (!is_first) out += margin;
      out += encode_utf8(take_line(rest, name_width)) + '\n';
      is_first = false;
    } while (!rest.empty());
  }
}

}  // namespace fude::apps
