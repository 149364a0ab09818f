#pragma once

#include <filesystem>

namespace fude::platform {

/// Renames a file if nothing bears the new name yet, whoever else is trying the same; both on one file system. False
/// with errno set when that fails; EEXIST: the name is taken.
bool rename_if_free(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace fude::platform
