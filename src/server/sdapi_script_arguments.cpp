#include "server/sdapi_script_arguments.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "core/ascii.h"
#include "server/error_response.h"

namespace fude::server {
namespace {

[[noreturn]] void refuse_argument(std::size_t place, std::string_view expected) {
  throw HttpError(422, fmt::format("script_args[{}] is wrong, expected {}", place, expected), "script_args");
}

}  // namespace

const Json* ScriptArguments::find(std::size_t place) const {
  const bool is_there = place < list_.size() && !list_[place].is_null();
  return is_there ? &list_[place] : nullptr;
}

bool ScriptArguments::truth(std::size_t place, bool otherwise) const {
  const Json* value = find(place);
  if (value == nullptr) return otherwise;
  if (value->is_boolean()) return value->get<bool>();
  if (value->is_number_integer()) return *value != 0;
  if (value->is_string()) {
    const std::string text = ascii_lower(value->get_ref<const std::string&>());
    if (text == "true" || text == "false" || text.empty()) return text == "true";
  }
  refuse_argument(place, "true or false");
}

int ScriptArguments::whole(std::size_t place, int otherwise) const {
  const Json* value = find(place);
  if (value == nullptr) return otherwise;
  if (value->is_number()) {
    const double number = value->get<double>();
    if (number >= -1e6 && number <= 1e6) return static_cast<int>(number);
  }
  if (value->is_string()) {
    const auto& text = value->get_ref<const std::string&>();
    int number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && stop == text.data() + text.size()) return number;
  }
  refuse_argument(place, "a whole number");
}

double ScriptArguments::number(std::size_t place, double otherwise) const {
  const Json* value = find(place);
  if (value == nullptr) return otherwise;
  Json number = *value;
  if (number.is_string()) {
    number = Json::parse(value->get_ref<const std::string&>(), nullptr, /*allow_exceptions=*/false);
  }
  if (!number.is_number() || std::abs(number.get<double>()) > 1e6) refuse_argument(place, "a number");
  return number.get<double>();
}

std::string ScriptArguments::text(std::size_t place, std::string_view otherwise) const {
  const Json* value = find(place);
  if (value == nullptr) return std::string(otherwise);
  if (value->is_string()) return value->get<std::string>();
  if (value->is_number_float() && std::trunc(value->get<double>()) == value->get<double>()) {
    return fmt::format("{:.0f}", value->get<double>());  // 1.0 is a place in a list as 1 is
  }
  if (value->is_number()) return value->dump();
  refuse_argument(place, "a text");
}

std::vector<std::string> ScriptArguments::texts(std::size_t place) const {
  const Json* value = find(place);
  if (value == nullptr || *value == Json("")) return {};
  if (!value->is_array()) refuse_argument(place, "a list of texts");
  std::vector<std::string> texts;
  for (const Json& entry : *value) {
    if (!entry.is_string()) refuse_argument(place, "a list of texts");
    texts.push_back(entry.get<std::string>());
  }
  return texts;
}

}  // namespace fude::server
