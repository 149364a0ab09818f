#pragma once

#include <filesystem>
#include <string>

namespace fude::platform {

/// Where a user's models, outputs and settings live by default: $XDG_DATA_HOME/fude, or ~/.local/share/fude when that
/// is unset or not absolute. Need not exist. Throws Error(kNotFound) when the user has no home folder.
std::filesystem::path default_data_dir();

/// The folder that a flag names; empty: default_data_dir().
std::filesystem::path data_dir_or_default(const std::string& given);

/// Today by the user's clock, "2026-11-22".
std::string local_date();

}  // namespace fude::platform
