#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/model_library.h"

namespace fude::pipelines {

/// A file as a picture's text names it.
struct RecordedFile {
  std::string name = {};
  std::string hash = {};  // digits as a text has them; empty: not recorded
};

/// "name [0123456789]" taken apart; a text without brackets is a name alone.
RecordedFile recorded_file(std::string_view title);

/// Whether a hash is the one recorded: one may be shorter than the other, both have at least 8 digits.
bool is_hash(std::string_view hash, std::string_view recorded);

/// Finds model files by the hashes that pictures carry, whatever the files are called now: first those of the recorded
/// name, then the others. Hashing a large file for the first time takes a second for each gigabyte or so; the library
/// keeps what was computed. Files that cannot be read are nobody's.
class RecordedFiles {
 public:
  /// `on_file` is told each file that has to be read; it may throw Error(kCancelled).
  explicit RecordedFiles(const ModelLibrary& library, std::function<void(const std::filesystem::path&)> on_file = {});

  /// Absent where no file has that hash; without a hash, where none has that name. The empty path is the embedded
  /// model. Hashes are of whole files; one of 8 digits may be the web UI's first kind (models and autoencoders).
  std::optional<std::filesystem::path> checkpoint(const RecordedFile& file) const;
  std::optional<std::filesystem::path> autoencoder(const RecordedFile& file) const;
  std::optional<std::filesystem::path> upscaler(const RecordedFile& file) const;
  std::optional<std::filesystem::path> lora(const RecordedFile& file) const;  // adapter_hash() of it
  std::optional<std::filesystem::path> hypernetwork(const RecordedFile& file) const;
  std::optional<std::filesystem::path> word(const RecordedFile& file) const;

  /// The one of `files` with the recorded whole hash.
  std::optional<std::filesystem::path> among(const std::vector<std::filesystem::path>& files,
                                             const RecordedFile& file) const;

  /// By what a request names such a file: a path, or its name where the library takes no paths.
  std::string request_name(const std::filesystem::path& path) const;

 private:
  using HashOf = std::function<std::string(const std::filesystem::path&)>;

  std::string whole_hash(const std::filesystem::path& path, std::string_view recorded) const;
  std::optional<std::filesystem::path> find(const std::vector<std::filesystem::path>& files, const RecordedFile& file,
                                            const HashOf& hash_of) const;

  ModelLibrary library_;
  std::function<void(const std::filesystem::path&)> on_file_;
};

}  // namespace fude::pipelines
