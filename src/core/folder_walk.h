#pragma once

#include <filesystem>
#include <functional>

namespace fude {

/// Visits all files and folders below a folder that users fill, in order of their names; what cannot be read is left
/// out. Links are followed, wherever they lead: people keep their models on another disk. A folder that a link finds
/// above itself is not visited again, and nothing below 16 levels is.
///
/// `visit` gets the path by which it was found, and returns whether to go into it, if it is a folder.
void walk_folder(const std::filesystem::path& folder, const std::function<bool(const std::filesystem::path&)>& visit);

}  // namespace fude
