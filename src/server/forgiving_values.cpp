#include "server/forgiving_values.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/ascii.h"
#include "service/settings_store.h"

namespace fude::server {

Json as_number(const Json& value) {
  if (!value.is_string()) return value;
  Json number = Json::parse(value.get_ref<const std::string&>(), nullptr, /*allow_exceptions=*/false);
  return number.is_number() ? number : value;
}

Json as_truth(const Json& value) {
  constexpr std::array<std::string_view, 6> kYes{"true", "1", "yes", "on", "t", "y"};
  constexpr std::array<std::string_view, 6> kNo{"false", "0", "no", "off", "f", "n"};
  if (!value.is_string() && !value.is_number_integer()) return value;
  const std::string word = value.is_string() ? ascii_lower(value.get_ref<const std::string&>()) : value.dump();
  if (std::ranges::find(kYes, word) != kYes.end()) return true;
  if (std::ranges::find(kNo, word) != kNo.end()) return false;
  return value;
}

Json as_setting(std::string_view id, const Json& value) {
  const auto rows = service::setting_rows();
  const auto row = std::ranges::find(rows, id, &service::SettingRow::id);
  if (row == rows.end()) return value;
  switch (row->kind) {
    case service::SettingKind::kTruth: return as_truth(value);
    case service::SettingKind::kWhole:
    case service::SettingKind::kNumber: return as_number(value);
    case service::SettingKind::kText: break;
  }
  const bool is_jpeg = value.is_string() && ascii_lower(value.get_ref<const std::string&>()) == "jpeg";
  return is_jpeg && id.ends_with("_format") ? Json("jpg") : value;
}

}  // namespace fude::server
