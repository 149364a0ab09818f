#include "server/query.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "server/error_response.h"

namespace fude::server {
namespace {

[[noreturn]] void refuse(std::string_view name, std::string_view value, const std::string& expected) {
  throw HttpError(400, fmt::format("{} is '{}', expected {}", name, printable(value, 60), expected), std::string(name));
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::string> Query::text(std::string_view name, std::size_t longest) const {
  const auto found = request_.query.find(std::string(name));
  if (found == request_.query.end() || found->second.empty()) return std::nullopt;
  if (found->second.size() > longest) {
    throw HttpError(400, fmt::format("{} has {} bytes, expected at most {}", name, found->second.size(), longest),
                    std::string(name));
  }
  return found->second;
}

std::optional<std::int64_t> Query::whole(std::string_view name, std::int64_t minimum, std::int64_t maximum) const {
  const auto value = text(name, 100);
  if (!value) return std::nullopt;
  const auto number = whole_number(*value);
  if (!number || *number < minimum || *number > maximum) {
    refuse(name, *value, fmt::format("a whole number in {}..{}", minimum, maximum));
  }
  return number;
}

std::optional<double> Query::real(std::string_view name, double minimum, double maximum) const {
  const auto value = text(name, 100);
  if (!value) return std::nullopt;
  double number = 0;
  const auto [end, problem] = std::from_chars(value->data(), value->data() + value->size(), number);
  const bool is_number = problem == std::errc() && end == value->data() + value->size();
  if (!is_number || !(number >= minimum && number <= maximum)) {
    refuse(name, *value, fmt::format("a number in {}..{}", minimum, maximum));
  }
  return number;
}

std::optional<bool> Query::truth(std::string_view name) const {
  const auto value = text(name, 100);
  if (!value) return std::nullopt;
  if (*value == "true" || *value == "1") return true;
  if (*value == "false" || *value == "0") return false;
  refuse(name, *value, "true or false");
}

std::optional<std::string> Query::choice(std::string_view name, std::initializer_list<std::string_view> choices) const {
  const auto value = text(name, 1000);
  if (value && std::ranges::find(choices, *value) == choices.end()) {
    refuse(name, *value, fmt::format("one of {}", fmt::join(choices, ", ")));
  }
  return value;
}

std::int64_t id_of(const Request& request, std::string_view part) {
  const std::string& text = request.parts.at(std::string(part));
  const auto number = whole_number(text);
  if (!number || *number < 1) throw HttpError(404, fmt::format("there is no number '{}'", printable(text, 60)));
  return *number;
}

}  // namespace fude::server
