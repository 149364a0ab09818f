#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipelines/generation_request.h"
#include "pipelines/request_fields.h"
#include "service/database.h"
#include "service/events.h"

namespace fude::service {

/// A value of a setting; monostate stands for its default.
using SettingValue = pipelines::FieldValue;

enum class SettingKind { kTruth, kWhole, kNumber, kText };

/// "truth", "whole", "number", "text".
std::string_view name_of(SettingKind kind);

/// One setting: what it is called, what it may be, and what it does.
struct SettingRow {
  std::string_view id{};     // as the web UI and its articles call it, where it has such a setting
  std::string_view group{};  // where a page shows it: "model", "sampling", "prompt", ...
  SettingKind kind = SettingKind::kText;
  SettingValue standard{};  // what it is until it is set
  double minimum = 0;
  double maximum = 0;                           // numbers only; both 0: no bound
  std::span<const std::string_view> choices{};  // texts only; empty: any text
  std::string_view help{};
  std::string_view help_ja{};
};

/// All settings: those that are knobs of a picture (pipelines/request_fields.h), which become its defaults, then those
/// of the studio itself.
std::span<const SettingRow> setting_rows();

/// Throws Error(kInvalidArgument) with the nearest id.
const SettingRow& find_setting_row(std::string_view id);

/// The value as it is kept. Throws Error(kInvalidArgument) naming the setting, for an unknown one as
/// find_setting_row().
SettingValue checked_setting(std::string_view id, const SettingValue& value);

/// What the user has set, on the disk. All of it is safe in any thread.
class SettingsStore {
 public:
  SettingsStore(Database& database, EventHub& events);

  /// The value, or the default. Throws Error(kInvalidArgument): no such setting.
  SettingValue get(std::string_view id) const;
  bool truth(std::string_view id) const;
  std::int64_t whole(std::string_view id) const;
  double number(std::string_view id) const;
  std::string text(std::string_view id) const;

  using Changes = std::vector<std::pair<std::string, SettingValue>>;

  /// Stores several values or, when one of them is wrong, none. Throws Error(kInvalidArgument) naming the setting.
  void set(const Changes& changes);
  void set(std::string_view id, const SettingValue& value) { set(Changes{{std::string(id), value}}); }

  /// Those that are not at their default.
  std::map<std::string, SettingValue> changed() const;

  /// `base` with the knobs that the user has set: what a request starts from.
  pipelines::GenerationRequest with_settings(pipelines::GenerationRequest base) const;

 private:
  using Values = std::map<std::string, SettingValue, std::less<>>;
  static pipelines::GenerationRequest with_values(const Values& values, pipelines::GenerationRequest base);

  Database& database_;
  EventHub& events_;
  mutable std::mutex mutex_;
  Values values_;  // those that are not at their default
};

}  // namespace fude::service
