#pragma once

#include <filesystem>
#include <string_view>

namespace fude::server {

/// Where a file of that name lies below `folder`, "people/hair" with `ending` ".txt" being folder/people/hair.txt; it
/// need not exist. For reading: a link that the user put there leads wherever it leads. Throws HttpError(400): the name
/// has parts that are empty, begin with a dot or end with a space or dot, or holds a backslash, a colon or control
/// characters.
std::filesystem::path file_below(const std::filesystem::path& folder, std::string_view name, std::string_view ending);

/// The same for writing and deleting, links followed. Throws HttpError(400) also when one leads out of the folder.
std::filesystem::path confined_file(const std::filesystem::path& folder, std::string_view name,
                                    std::string_view ending);

/// Whether no link on the way to the file leads out of the folder.
bool is_confined(const std::filesystem::path& folder, const std::filesystem::path& file);

}  // namespace fude::server
