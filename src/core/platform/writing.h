#pragma once

#include <filesystem>
#include <string_view>

namespace fude::platform {

/// Says that a file or folder may not be written, in the one way that all parts have for it. `reason`: the system's
/// words. Throws Error(kInvalidArgument).
[[noreturn]] void refuse_unwritable(const std::filesystem::path& place, std::string_view reason);

/// Makes a folder and those above it that are missing; one that is there is left alone. Throws as refuse_unwritable().
void make_folder(const std::filesystem::path& folder);

/// Brings a folder's list of names to the disk, so that a file that was made, renamed or removed there is so after a
/// power cut. File systems that cannot do this lose nothing by the failed attempt.
void sync_folder(const std::filesystem::path& folder);

}  // namespace fude::platform
