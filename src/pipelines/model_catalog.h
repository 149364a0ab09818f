#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "pipelines/model_card.h"
#include "pipelines/model_library.h"
#include "pipelines/model_list.h"

namespace fude::pipelines {

/// The models folder as programs and pages are told of it, at any time as it is now: each call looks which files there
/// are, but the header of a file is only read when its size or time is another than before. Safe in any thread.
class ModelCatalog {
 public:
  explicit ModelCatalog(ModelLibrary library) : library_(std::move(library)) {}

  /// As list_models().
  std::vector<ListedModel> models();
  /// Their cards (describe_model()), in the same order; those of one use only.
  std::vector<ModelCard> cards(std::optional<ModelUse> use = std::nullopt);

  /// Reads all headers anew the next time.
  void forget();

 private:
  /// What a file, or all files of a folder, look like from outside.
  struct Mark {
    std::uintmax_t byte_count = 0;
    /// By the clock of std::filesystem, the latest of a folder's; times of today are below 0 on it.
    std::int64_t changed = std::numeric_limits<std::int64_t>::min();
    std::size_t file_count = 0;

    bool operator==(const Mark&) const = default;
  };
  struct Entry {
    Mark mark;
    std::optional<ListedModel> model;  // absent: no model at all, such as a picture without vectors
    std::optional<ModelCard> card;     // once somebody asked
  };
  using Entries = std::map<std::pair<ModelUse, std::filesystem::path>, Entry>;

  static Mark mark_of(const std::filesystem::path& path);
  std::vector<Entry*> current_entries();

  const ModelLibrary library_;
  std::mutex mutex_;
  Entries entries_;
};

}  // namespace fude::pipelines
