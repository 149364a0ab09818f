#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace fude::pipelines::comparison {

/// Saves a grid as "<name>-0000-<seed>.png" ("xyz_grid-0000-5.png"; `ending` for other formats), with the next free
/// number in the folder, which is made when it is missing; and beside it, under the same name, the index that
/// `index_of` gives for that file's name; without `index_of` none.
/// Other processes may do the same at the same time. Throws Error as platform::AtomicFile does; kOutOfResources after
/// 500 taken names.
std::filesystem::path save_grid(const std::filesystem::path& folder, std::string_view name, std::int64_t seed,
                                std::span<const std::byte> file,
                                const std::function<std::string(const std::string& file_name)>& index_of,
                                std::string_view ending = ".png");

/// One more than the highest number of the files "<name>-NNNN-.." in the folder; 0 when there are none.
std::int64_t next_grid_number(const std::filesystem::path& folder, std::string_view name);

}  // namespace fude::pipelines::comparison
