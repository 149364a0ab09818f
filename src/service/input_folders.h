#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace fude::service {

/// Where the folders lie that whoever is let in may name: below "inputs" of the data folder, where the user puts
/// folders and links (which are followed, wherever they lead), and below "outputs" (where they are not).
class InputFolders {
 public:
  /// A folder with pictures in it.
  struct Row {
    std::string name = {};      // "inputs/frames"
    std::int64_t pictures = 0;  // in it, not below it
  };
  static constexpr std::size_t kMostListed = 1000;

  /// Makes "inputs" where it is missing. Throws Error(kInvalidArgument) where that cannot be done.
  explicit InputFolders(std::filesystem::path data_dir);

  /// All of them, in order of their names.
  std::vector<Row> list() const;

  /// Throws Error(kInvalidArgument) for a name that is not below the two, or has hidden parts.
  std::filesystem::path path_of(std::string_view name) const;

  /// The names of the pictures in a folder. Throws Error: as path_of(), kNotFound (no such folder, no pictures in it).
  std::vector<std::string> pictures_of(std::string_view name) const;

 private:
  std::filesystem::path data_dir_;
};

/// Throws Error(kInvalidArgument) when a relative name has empty or hidden parts ("..", ".git"), a backslash or control
/// characters. `member`: what it is called.
void check_folder_name(std::string_view member, std::string_view name);

}  // namespace fude::service
