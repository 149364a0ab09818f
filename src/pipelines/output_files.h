#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fude::pipelines {

/// Where a job's pictures go.
class OutputFiles {
 public:
  /// `out` as `--out` gives it: one file when it ends in `extension` (".png"), else a folder; absent: `default_folder`.
  /// Folders are made when they are missing. `count`: pictures to come.
  /// Throws Error: kInvalidArgument (several pictures for one file, another ending than `extension`, something in the
  /// way, a folder that cannot be made), kNotFound (the folder of a single file is missing).
  OutputFiles(const std::optional<std::filesystem::path>& out, const std::filesystem::path& default_folder, int count,
              std::string extension = ".png");

  /// Writes one picture's bytes, at once or not at all, and returns the path. In a folder the name is
  /// "00000-<seed>.png" with the number after the highest there, safe when other programs write to it as well.
  /// `extension`: another than the pictures were to have; empty: that.
  std::filesystem::path save(std::span<const std::byte> bytes, std::int64_t seed,
                             std::string_view extension = {}) const;

 private:
  std::filesystem::path folder_;
  std::filesystem::path file_;  // empty: numbered names in folder_
  std::string extension_;
};

/// The name of a new file.
struct NewName {
  std::string stem = {};  // behind the number, may be empty; "/" parts folders, which are made
  std::string ending = ".png";
  std::string base = {};    // "grid": the number stands behind it and counts such files only; empty for pictures
  bool is_numbered = true;  // false: a number follows the stem only where the name is taken
};

/// Is told a name before a file gets it.
using NameListener = std::function<void(const std::filesystem::path& path)>;

/// Writes a picture into a folder, which is made when it is missing, as OutputFiles does; `on_name` may hear names that
/// another program took at the last moment, the last one is the file's. Throws Error as OutputFiles, and
/// kOutOfResources.
std::filesystem::path save_numbered(const std::filesystem::path& folder, std::span<const std::byte> bytes,
                                    std::int64_t seed, std::string_view extension = ".png",
                                    const NameListener& on_name = {});

/// The same under another name: "00000-STEM.png", "00000.png", "grid-0000-STEM.png", or without numbers "STEM.png",
/// "STEM-1.png", ... The stem must be a confined_path() (file_name.h); an empty one without a number is "picture".
std::filesystem::path save_new(const std::filesystem::path& folder, const NewName& name,
                               std::span<const std::byte> bytes, const NameListener& on_name = {});

/// outputs/txt2img-images/2026-11-22 in the data folder: the web UI's default tree.
std::filesystem::path dated_output_folder(const std::filesystem::path& data_dir, std::string_view kind);

/// 1 + the highest number that a file name in the folder begins with (before "-" or the extension); 0 without any.
/// With a `base` only names that begin with it count, and the number behind it and "-".
std::int64_t next_file_number(const std::filesystem::path& folder, std::string_view base = {});

}  // namespace fude::pipelines
