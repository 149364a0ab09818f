#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "pipelines/film_maker.h"

namespace fude::apps {

/// --film, --film-fps, --film-hold, --film-preview: a film of each picture's making.
class FilmFlags {
 public:
  /// Must outlive `command`'s parsing.
  explicit FilmFlags(CLI::App& command);

  /// Absent without --film. Throws Error(kInvalidArgument), and kUnsupportedModel for a kind of film that cannot be
  /// written here.
  std::optional<pipelines::FilmOptions> options() const;

  /// Writes the film of the next picture: the first to FILE, the others beside it as FILE-2, FILE-3, .. A film that is
  /// there is replaced. Returns its path.
  std::filesystem::path write(const std::vector<std::byte>& film);

 private:
  std::filesystem::path file_;
  std::string preview_ = "approx";
  io::FilmTiming timing_;
  int count_ = 0;  // films written
};

}  // namespace fude::apps
