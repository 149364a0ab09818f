#pragma once

#include <filesystem>
#include <string_view>

namespace fude::server {

/// Where a file of that name lies below `folder`, "people/hair" with `ending` ".txt" being folder/people/hair.txt; it
/// need not exist. Throws HttpError(400): the name has parts that are empty, begin with a dot or end with a space or
/// dot, or holds a backslash, a colon or control characters; or it leads out of the folder by a symbolic link.
std::filesystem::path confined_file(const std::filesystem::path& folder, std::string_view name,
                                    std::string_view ending);

}  // namespace fude::server
