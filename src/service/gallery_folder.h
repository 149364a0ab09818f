#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "service/gallery_rows.h"

namespace fude::service {

/// The folder of the gallery's pictures, and names within it: relative, UTF-8, with '/'.

/// The bin's name in that folder.
inline constexpr std::string_view kBin = ".bin";

/// Whether the file lies in the bin.
bool is_in_bin(std::string_view file);

/// Its name when it is moved there, and back.
std::string name_in_bin(std::string_view file);
std::string name_out_of_bin(std::string_view file);

/// "a/b.png", "a/b (2).png", "a/b (3).png", ... for attempts 1, 2, 3.
std::string numbered_name(std::string_view file, int attempt);

/// A file's name within `folder` (without symbolic links), however it is written. Throws Error: kNotFound (no such
/// file), kInvalidArgument (it lies elsewhere, links followed, or its name is not UTF-8).
std::string name_within(const std::filesystem::path& folder, const std::filesystem::path& file);

/// Reads a picture of the folder and its sidecar. Throws Error: kNotFound, kCorruptFile.
PictureRow read_picture_row(const std::filesystem::path& folder, const std::string& file);

}  // namespace fude::service
