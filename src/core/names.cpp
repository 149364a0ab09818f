#include "core/names.h"

namespace fude {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool same_name(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lower, lower);
}

bool ends_with_name(std::string_view text, std::string_view name) {
  if (name.empty() || text.size() <= name.size()) return false;
  const std::size_t start = text.size() - name.size();
  return text[start - 1] == ' ' && same_name(text.substr(start), name);
}

}  // namespace fude
