#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "service/ids.h"

namespace fude::service {

class Gallery;
class SettingsStore;

/// What was put aside.
struct KeptPictures {
  std::filesystem::path folder;
  std::vector<std::string> files;  // names in it, in the order asked for
  std::string zip;                 // the archive's name; empty: none was asked for
};

/// More at once are refused.
inline constexpr std::size_t kMostKept = 5000;

/// The folder of the Save button: `outdir_save` below the data folder.
std::filesystem::path keeping_folder(const SettingsStore& settings, const std::filesystem::path& data_dir);

/// The web UI's Save button: copies pictures, byte by byte, into keeping_folder(), and writes a row about the first one
/// to log.csv there where `save_write_log_csv` asks for it; its Zip button makes an archive of the copies as well,
/// called by `grid_zip_filename_pattern`. Throws Error: kNotFound (a picture), kInvalidArgument (none, or more than
/// kMostKept), and as writing.
KeptPictures keep_pictures(const Gallery& gallery, const SettingsStore& settings, const std::filesystem::path& data_dir,
                           std::span<const PictureId> ids, bool zips);

}  // namespace fude::service
