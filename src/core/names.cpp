#include "core/names.h"

#include "core/ascii.h"

namespace fude {

bool same_name(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return ascii_lower(c); };
  return std::ranges::equal(left, right, {}, lower, lower);
}

bool ends_with_name(std::string_view text, std::string_view name) {
  if (name.empty() || text.size() <= name.size()) return false;
  const std::size_t start = text.size() - name.size();
  return text[start - 1] == ' ' && same_name(text.substr(start), name);
}

}  // namespace fude
