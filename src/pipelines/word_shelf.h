#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/adapters/textual_inversion.h"
#include "pipelines/infotext_writer.h"
#include "pipelines/model_library.h"

namespace fude::pipelines {

/// The textual inversions that a model can read, by their files' names.
class WordShelf {
 public:
  /// `widths`: of the model's text encoders, in their order.
  WordShelf(ModelLibrary library, std::vector<int64_t> widths)
      : library_(std::move(library)), widths_(std::move(widths)) {}

  /// Looks at the folders again; files that changed are read anew. `bundled`: words that came with adapters, which go
  /// before files of the same name.
  void refresh(std::span<const models::TextualInversion> bundled = {});

  /// Those that fit: bundled ones, then files by name; of two with one name, the first. Valid until the next refresh().
  std::span<const models::TextualInversion> words() const { return words_; }

  /// A word as a picture's text names it: with the first 12 digits of its file's SHA-256. Bundled ones have no hash of
  /// their own, the adapter's stands for them.
  UsedNetwork used(std::size_t word) const;

  /// What to tell about a text that speaks of words which cannot be used: damaged files, or made for another model.
  std::vector<std::string> warnings_about(std::string_view text) const;

 private:
  struct Shelved {
    std::string id;
    models::TextualInversion word;  // has its name even when it cannot be used
    std::string problem;            // empty: it can be used
  };

  Shelved read(const std::filesystem::path& path) const;
  std::string misfit(const models::TextualInversion& word) const;

  ModelLibrary library_;
  std::vector<int64_t> widths_;
  std::map<std::filesystem::path, Shelved> shelf_;
  std::vector<Shelved> bundled_;
  std::vector<models::TextualInversion> words_;
  std::vector<std::filesystem::path> paths_;  // of words_; empty: bundled
};

}  // namespace fude::pipelines
