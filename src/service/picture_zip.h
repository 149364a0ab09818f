#pragma once

#include <filesystem>
#include <span>
#include <string>

namespace fude::service {

/// A file that goes into an archive.
struct ZipEntry {
  std::filesystem::path file;
  std::string name;  // in the archive, UTF-8
};

/// Writes a zip archive "STEM.zip" into a folder, which is made when it is missing; where that name is taken
/// "STEM-1.zip" and so on. Files are stored as they are (pictures are compressed already) and read piece by piece.
/// Returns its path. Throws Error: kNotFound (a file is gone), kInvalidArgument (the folder may not be written),
/// kOutOfResources (the disk is full; nothing stays).
std::filesystem::path write_zip(const std::filesystem::path& folder, const std::string& stem,
                                std::span<const ZipEntry> entries);

}  // namespace fude::service
