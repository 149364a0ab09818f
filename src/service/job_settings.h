#pragma once

#include <map>
#include <string>
#include <string_view>

#include "pipelines/saving_texts.h"
#include "service/settings_store.h"

namespace fude::service {

/// The settings of one job: the user's, but for those of saving that the job has of its own.
class JobSettings {
 public:
  /// `settings` must outlive this. Throws Error(kInvalidArgument) that names a setting whose text is none of its
  /// values.
  JobSettings(const SettingsStore& settings, const pipelines::SavingTexts& own = {});

  bool truth(std::string_view id) const { return std::get<bool>(get(id)); }
  std::int64_t whole(std::string_view id) const { return std::get<std::int64_t>(get(id)); }
  std::string text(std::string_view id) const { return std::get<std::string>(get(id)); }

 private:
  SettingValue get(std::string_view id) const;

  const SettingsStore& settings_;
  std::map<std::string, SettingValue, std::less<>> own_;
};

}  // namespace fude::service
