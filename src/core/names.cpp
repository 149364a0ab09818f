#include "core/names.h"

namespace fude {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool same_name(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lower, lower);
}

bool ends_with_name(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && same_name(text.substr(text.size() - suffix.size()), suffix);
}

}  // namespace fude
