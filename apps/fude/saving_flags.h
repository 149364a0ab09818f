#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "pipelines/output_files.h"
#include "pipelines/picture_saving.h"

namespace fude::apps {

/// Flags that say as what kind of file pictures are saved. Must outlive the command's parsing.
class SavingFlags {
 public:
  /// With `has_source_mark`, whether they are marked as a model's is a flag, too.
  explicit SavingFlags(CLI::App& command, bool has_source_mark = true);

  /// The options, for pictures that go to `out` (empty: the outputs folder): --format, or else what `out` ends in.
  pipelines::SavingOptions options(const std::string& out) const;

  /// The ending that the pictures' names get.
  std::string ending(const std::string& out) const;

 private:
  std::string format_;
  pipelines::SavingOptions options_;
};

/// Writes a picture's file. Where the format could not hold it and PNG took its place, standard error says so.
std::filesystem::path save_encoded(const pipelines::OutputFiles& outputs, const pipelines::EncodedPicture& file,
                                   const pipelines::SavingOptions& options, std::int64_t seed);

}  // namespace fude::apps
