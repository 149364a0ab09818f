#include "service/job_settings.h"

#include <charconv>

#include "core/ascii.h"

namespace fude::service {
namespace {

// What a text stands for; a text that stands for nothing of the kind stays, to be refused as such.
SettingValue value_from(const SettingRow& row, const std::string& text) {
  if (row.kind == SettingKind::kTruth) {
    const std::string word = ascii_lower(text);
    if (word == "true" || word == "1") return true;
    if (word == "false" || word == "0") return false;
  }
  if (row.kind == SettingKind::kWhole) {
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && stop == end) return number;
  }
  if (row.id.ends_with("_format") && ascii_lower(text) == "jpeg") return std::string("jpg");
  return text;
}

}  // namespace

JobSettings::JobSettings(const SettingsStore& settings, const pipelines::SavingTexts& own) : settings_(settings) {
  for (const auto& [id, text] : own) own_[id] = checked_setting(id, value_from(find_setting_row(id), text));
}

SettingValue JobSettings::get(std::string_view id) const {
  const auto found = own_.find(id);
  return found == own_.end() ? settings_.get(id) : found->second;
}

}  // namespace fude::service
