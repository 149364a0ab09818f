#include "server/json_body.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "core/ascii.h"
#include "core/json_measure.h"
#include "core/nearest_name.h"
#include "server/error_response.h"

namespace fude::server {
namespace {

[[noreturn]] void refuse(std::string_view member, const std::string& message) {
  throw HttpError(400, message, std::string(member));
}

// nlohmann's messages open with "[json.exception.parse_error.101] parse error at line 1, column 2: ".
std::string reason(const Json::exception& error) {
  const std::string_view text = error.what();
  const std::size_t end = text.find("] ");
  return printable(end == std::string_view::npos ? text : text.substr(end + 2), 160);
}

// What a value is, short enough for a message.
std::string shown(const Json& value) {
  if (value.is_structured()) return fmt::format("a JSON {}", value.type_name());
  return printable(value.dump(-1, ' ', false, Json::error_handler_t::replace), 60);
}

[[noreturn]] void refuse_type(std::string_view name, const Json& value, std::string_view expected) {
  refuse(name, fmt::format("{} is {}, expected {}", name, shown(value), expected));
}

std::string checked_text(std::string_view name, const Json& value, std::size_t longest) {
  if (!value.is_string()) refuse_type(name, value, "a text");
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() > longest) {
    refuse(name, fmt::format("{} has {} bytes, expected at most {}", name, text.size(), longest));
  }
  if (text.find('\0') != std::string::npos) refuse(name, fmt::format("{} holds a NUL character", name));
  return text;
}

double checked_number(std::string_view name, const Json& value, double minimum, double maximum) {
  if (!value.is_number()) refuse_type(name, value, "a number");
  const auto number = value.get<double>();
  if (!(minimum <= number && number <= maximum)) {
    refuse(name, fmt::format("{} is {}, expected {}..{}", name, shown(value), minimum, maximum));
  }
  return number;
}

const Json& checked_list(std::string_view name, const Json& value, std::size_t most) {
  if (!value.is_array()) refuse_type(name, value, "a list");
  if (value.size() > most) {
    refuse(name, fmt::format("{} has {} entries, expected at most {}", name, value.size(), most));
  }
  return value;
}

}  // namespace

Json parse_json(std::string_view text) {
  const JsonMeasure measure = measure_json(text, {kDeepestJson, kMostJsonValues});
  if (measure.depth > kDeepestJson) {
    throw HttpError(400, fmt::format("body is nested deeper than {} levels", kDeepestJson));
  }
  if (measure.values > kMostJsonValues) {
    throw HttpError(400, fmt::format("body holds more than {} values", kMostJsonValues));
  }
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    throw HttpError(400, "body is not JSON: " + reason(error));
  }
}

bool asks_for_nothing(const Json& value) {
  if (value.is_number()) return value.get<double>() == 0;
  if (value.is_string()) return value.get_ref<const std::string&>().empty();
  return value.is_null() || value == Json(false) || value.empty();
}

Response json_response(const Json& value, int status) {
  return {.status = status, .body = value.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

JsonObject::JsonObject(Json value, std::initializer_list<std::string_view> required) : value_(std::move(value)) {
  if (!value_.is_object()) refuse("", fmt::format("body is {}, expected a JSON object", shown(value_)));
  for (const std::string_view name : required) {
    if (!has(name)) refuse(name, fmt::format("{} is missing", name));
  }
}

const Json* JsonObject::find(std::string_view name) const {
  const auto found = value_.find(std::string(name));
  return found == value_.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> JsonObject::text(std::string_view name, std::size_t longest) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  return checked_text(name, *value, longest);
}

std::optional<std::int64_t> JsonObject::whole(std::string_view name, std::int64_t minimum, std::int64_t maximum) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  const bool is_whole = value->is_number_integer() ||
                        (value->is_number_float() && std::trunc(value->get<double>()) == value->get<double>());
  if (!is_whole) refuse_type(name, *value, "a whole number");
  const bool is_huge = value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX;
  const bool is_far = value->is_number_float() && std::abs(value->get<double>()) > 9e15;  // beyond exact doubles
  const std::int64_t number = is_huge || is_far ? 0 : value->get<std::int64_t>();
  if (is_huge || is_far || number < minimum || number > maximum) {
    refuse(name, fmt::format("{} is {}, expected {}..{}", name, shown(*value), minimum, maximum));
  }
  return number;
}

std::optional<double> JsonObject::number(std::string_view name, double minimum, double maximum) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  return checked_number(name, *value, minimum, maximum);
}

std::optional<bool> JsonObject::truth(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) refuse_type(name, *value, "true or false");
  return value->get<bool>();
}

std::optional<std::vector<std::string>> JsonObject::texts(std::string_view name, std::size_t most,
                                                          std::size_t longest) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> list;
  for (const Json& entry : checked_list(name, *value, most)) list.push_back(checked_text(name, entry, longest));
  return list;
}

std::optional<std::vector<double>> JsonObject::numbers(std::string_view name, std::size_t most, double minimum,
                                                       double maximum) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  std::vector<double> list;
  for (const Json& entry : checked_list(name, *value, most)) {
    list.push_back(checked_number(name, entry, minimum, maximum));
  }
  return list;
}

const Json* JsonObject::object(std::string_view name) const {
  const Json* value = find(name);
  if (value != nullptr && !value->is_object()) refuse_type(name, *value, "an object");
  return value;
}

std::optional<std::string> JsonObject::choice(std::string_view name,
                                              std::initializer_list<std::string_view> choices) const {
  const auto value = text(name, 1000);
  if (value && std::ranges::find(choices, *value) == choices.end()) {
    refuse(name, fmt::format("{} is '{}', expected one of {}{}", name, printable(*value, 60), fmt::join(choices, ", "),
                             did_you_mean(*value, std::span(choices.begin(), choices.size()))));
  }
  return value;
}

void JsonObject::allow_only(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : value_.items()) {
    if (std::ranges::find(names, name) != names.end()) continue;
    refuse(printable(name, 60), fmt::format("unknown member '{}'{}", printable(name, 60),
                                            did_you_mean(name, std::span(names.begin(), names.size()))));
  }
}

JsonObject json_body(const Request& request, std::initializer_list<std::string_view> required) {
  if (request.body.empty()) return JsonObject(Json::object(), required);
  const std::string_view type = request.header("Content-Type");
  if (ascii_lower(trimmed(type.substr(0, type.find(';')))) != "application/json") {
    throw HttpError(
        415, fmt::format("the body is sent as '{}', expected Content-Type: application/json", printable(type, 100)));
  }
  return JsonObject(parse_json(request.body), required);
}

}  // namespace fude::server
