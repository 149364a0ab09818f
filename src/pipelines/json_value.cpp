#include "pipelines/json_value.h"

#include <cstdint>
#include <string>
#include <type_traits>
#include <variant>

#include "core/error.h"
#include "pipelines/settings.h"

namespace fude::pipelines {

using Json = nlohmann::json;

std::optional<FieldValue> value_from_json(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null: return FieldValue();
    case Json::value_t::boolean: return value.get<bool>();
    case Json::value_t::number_integer: return value.get<std::int64_t>();
    case Json::value_t::number_float: return value.get<double>();
    case Json::value_t::string: return value.get<std::string>();
    case Json::value_t::number_unsigned: {
      const auto number = value.get<std::uint64_t>();
      const bool fits = number <= static_cast<std::uint64_t>(INT64_MAX);
      return fits ? FieldValue(static_cast<std::int64_t>(number)) : FieldValue(static_cast<double>(number));
    }
    default: return std::nullopt;
  }
}

Json value_to_json(const FieldValue& value) {
  return std::visit(
      [](const auto& held) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) {
          return nullptr;
        } else {
          return held;
        }
      },
      value);
}

SavingTexts saving_texts(const nlohmann::json& settings) {
  SavingTexts texts;
  for (const auto& [id, value] : settings.items()) {
    if (!is_saving_setting(id) || value.is_null()) continue;
    if (value.is_structured()) {
      fail(ErrorCode::kInvalidArgument, "{} is a JSON {}, expected one value", id, value.type_name());
    }
    texts.emplace_back(id, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return texts;
}

}  // namespace fude::pipelines
