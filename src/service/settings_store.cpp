#include "service/settings_store.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <type_traits>

#include "core/error.h"
#include "core/nearest_name.h"
#include "service/studio_settings.h"

namespace fude::service {
namespace {

using pipelines::GenerationRequest;
using pipelines::RequestField;

constexpr std::size_t kLongestText = 4096;  // bytes

SettingKind kind_of(const RequestField& field) {
  return std::visit(
      [](auto member) {
        using Member = std::remove_reference_t<decltype(std::declval<GenerationRequest>().*member)>;
        if constexpr (std::is_same_v<Member, bool>) return SettingKind::kTruth;
        if constexpr (std::is_same_v<Member, int> || std::is_same_v<Member, std::int64_t>) return SettingKind::kWhole;
        if constexpr (std::is_same_v<Member, double> || std::is_same_v<Member, std::optional<double>>) {
          return SettingKind::kNumber;
        }
        return SettingKind::kText;
      },
      field.member);
}

SettingRow row_of(const RequestField& field) {
  const GenerationRequest defaults;
  return {.id = field.setting,
          .group = knob_group(field.setting),
          .kind = kind_of(field),
          .standard = field_value(defaults, field),
          .minimum = field.minimum,
          .maximum = field.maximum,
          .choices = field.choices,
          .help = field.help,
          .help_ja = field.help_ja};
}

std::vector<SettingRow> all_rows() {
  std::vector<SettingRow> rows;
  for (const RequestField& field : pipelines::request_fields()) {
    if (!field.setting.empty()) rows.push_back(row_of(field));
  }
  const auto own = studio_settings();
  rows.insert(rows.end(), own.begin(), own.end());
  return rows;
}

[[noreturn]] void refuse(const SettingRow& row, std::string_view expected) {
  fail(ErrorCode::kInvalidArgument, "setting '{}' is wrong, expected {}", row.id, expected);
}

std::string choice_list(const SettingRow& row) {
  std::string list = "one of ";
  for (const std::string_view choice : row.choices) {
    list += fmt::format("{}{}", list.size() > 7 ? ", " : "", choice);
  }
  return list;
}

SettingValue checked_number(const SettingRow& row, const SettingValue& value) {
  const bool is_whole_wanted = row.kind == SettingKind::kWhole;
  const std::string expected =
      fmt::format("{} {}..{}", is_whole_wanted ? "a whole number" : "a number", row.minimum, row.maximum);
  double number = 0;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    number = static_cast<double>(*whole);
  } else if (const auto* real = std::get_if<double>(&value); real != nullptr && std::isfinite(*real)) {
    number = *real;
  } else {
    refuse(row, expected);
  }
  const bool is_inside = (row.minimum == 0 && row.maximum == 0) || (number >= row.minimum && number <= row.maximum);
  if (!is_inside || (is_whole_wanted && std::trunc(number) != number)) refuse(row, expected);
  if (is_whole_wanted) return static_cast<std::int64_t>(number);
  return number;
}

// The folder of pictures stays below the outputs folder, whoever may set it.
bool leads_outside(const std::string& folder) {
  const std::filesystem::path path(folder);
  return path.empty() || path.is_absolute() || std::ranges::any_of(path, [](const std::filesystem::path& part) {
           return part.string().starts_with(".");  // "..", and names such as that of the bin
         });
}

SettingValue checked_text(const SettingRow& row, const SettingValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) refuse(row, "a text");
  if (text->size() > kLongestText || text->find('\0') != std::string::npos) refuse(row, "a short text");
  if (row.id.starts_with("outdir_") && leads_outside(*text)) refuse(row, "a folder below the outputs folder");
  if (!row.choices.empty() && std::ranges::find(row.choices, *text) == row.choices.end()) {
    refuse(row, choice_list(row));
  }
  return value;
}

// The value as it is kept. The knobs' table knows itself what its rows may be.
SettingValue checked(const SettingRow& row, const SettingValue& value) {
  if (std::holds_alternative<std::monostate>(value)) return row.standard;
  if (const RequestField* field = pipelines::find_setting(row.id)) {
    GenerationRequest request;
    set_field(request, *field, value);
    return field_value(request, *field);
  }
  switch (row.kind) {
    case SettingKind::kTruth:
      if (!std::holds_alternative<bool>(value)) refuse(row, "true or false");
      return value;
    case SettingKind::kWhole:
    case SettingKind::kNumber: return checked_number(row, value);
    case SettingKind::kText: return checked_text(row, value);
  }
  return value;
}

SettingValue read_value(const SettingRow& row, const SQLite::Column& column) {
  switch (row.kind) {
    case SettingKind::kTruth: return column.getInt() != 0;
    case SettingKind::kWhole: return std::int64_t{column.getInt64()};
    case SettingKind::kNumber: return column.getDouble();
    case SettingKind::kText: return column.getString();
  }
  return {};
}

void bind_value(SQLite::Statement& statement, int index, const SettingValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) statement.bind(index, *flag ? 1 : 0);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) statement.bind(index, *whole);
  if (const auto* real = std::get_if<double>(&value)) statement.bind(index, *real);
  if (const auto* text = std::get_if<std::string>(&value)) statement.bind(index, *text);
}

void store(SQLite::Database& database, const SettingRow& row, const SettingValue& value) {
  const bool is_default = value == row.standard;
  SQLite::Statement statement(database, is_default ? "DELETE FROM settings WHERE id = ?"
                                                   : "INSERT OR REPLACE INTO settings (id, value) VALUES (?, ?)");
  statement.bind(1, std::string(row.id));
  if (!is_default) bind_value(statement, 2, value);
  statement.exec();
}

const SettingRow* find_row(std::string_view id) {
  const auto rows = setting_rows();
  const auto found = std::ranges::find(rows, id, &SettingRow::id);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

std::string_view name_of(SettingKind kind) {
  constexpr std::array<std::string_view, 4> kNames{"truth", "whole", "number", "text"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::span<const SettingRow> setting_rows() {
  static const std::vector<SettingRow> rows = all_rows();
  return rows;
}

const SettingRow& find_setting_row(std::string_view id) {
  if (const SettingRow* row = find_row(id)) return *row;
  std::vector<std::string_view> ids;
  for (const SettingRow& row : setting_rows()) ids.push_back(row.id);
  fail(ErrorCode::kInvalidArgument, "unknown setting '{}'{}", printable(id, 60), did_you_mean(id, ids));
}

SettingValue checked_setting(std::string_view id, const SettingValue& value) {
  return checked(find_setting_row(id), value);
}

SettingsStore::SettingsStore(Database& database, EventHub& events) : database_(database), events_(events) {
  database_.read([this](SQLite::Database& connection) {
    SQLite::Statement statement(connection, "SELECT id, value FROM settings");
    while (statement.executeStep()) {
      const std::string id = statement.getColumn(0).getString();
      // What another version stored, and this one does not know or would not take, is left where it is.
      const SettingRow* row = find_row(id);
      if (row == nullptr) continue;
      try {
        values_[id] = checked(*row, read_value(*row, statement.getColumn(1)));
      } catch (const Error&) {
        continue;
      }
    }
  });
}

SettingValue SettingsStore::get(std::string_view id) const {
  const SettingRow& row = find_setting_row(id);
  const std::lock_guard lock(mutex_);
  const auto found = values_.find(id);
  return found == values_.end() ? row.standard : found->second;
}

bool SettingsStore::truth(std::string_view id) const { return std::get<bool>(get(id)); }

std::int64_t SettingsStore::whole(std::string_view id) const { return std::get<std::int64_t>(get(id)); }

double SettingsStore::number(std::string_view id) const { return std::get<double>(get(id)); }

std::string SettingsStore::text(std::string_view id) const { return std::get<std::string>(get(id)); }

void SettingsStore::set(const Changes& changes) {
  {
    const std::lock_guard lock(mutex_);
    auto values = values_;
    std::vector<std::pair<const SettingRow*, SettingValue>> rows;
    for (const auto& [id, value] : changes) {
      const SettingRow& row = find_setting_row(id);
      rows.emplace_back(&row, checked(row, value));
      values[id] = rows.back().second;
    }
    // What the settings say together, too.
    GenerationRequest request = with_values(values, {});
    normalise(request);
    database_.write([&rows](SQLite::Database& connection) {
      for (const auto& [row, value] : rows) store(connection, *row, value);
    });
    std::erase_if(values, [](const auto& entry) { return entry.second == find_setting_row(entry.first).standard; });
    values_ = std::move(values);
  }
  events_.publish(SettingsChanged{});
}

std::map<std::string, SettingValue> SettingsStore::changed() const {
  const std::lock_guard lock(mutex_);
  return {values_.begin(), values_.end()};
}

GenerationRequest SettingsStore::with_settings(GenerationRequest base) const {
  const std::lock_guard lock(mutex_);
  return with_values(values_, std::move(base));
}

GenerationRequest SettingsStore::with_values(const Values& values, GenerationRequest base) {
  for (const auto& [id, value] : values) {
    if (const RequestField* field = pipelines::find_setting(id)) set_field(base, *field, value);
  }
  return base;
}

}  // namespace fude::service
