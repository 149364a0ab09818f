#pragma once

#include <filesystem>
#include <string>

#include "tests/support/temporary_folder.h"

namespace fude::tests {

/// A data folder with a models folder in it, which goes away with the test.
class ModelsFolder {
 public:
  const std::filesystem::path& data_dir() const { return folder_.path(); }
  std::filesystem::path models() const { return folder_ / "models"; }

  /// Copies a file to its place below the models folder.
  void add(const std::filesystem::path& from, const std::string& place) const {
    std::filesystem::create_directories((models() / place).parent_path());
    std::filesystem::copy_file(from, models() / place);
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace fude::tests
