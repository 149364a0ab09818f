#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/tensor_file.h"
#include "merging/block_weights.h"
#include "merging/merge_method.h"
#include "merging/storage_type.h"

namespace fude::merging {

/// A model that takes part.
struct Parent {
  std::string name;  // as files are called, without folder and extension
  io::TensorFile file;

  /// Of any form that models have; see weights::open_model(), which also says what it throws.
  static Parent open(const std::filesystem::path& path);
};

struct MergeParents {
  Parent a;
  std::optional<Parent> b = {}, c = {};
  std::optional<Parent> autoencoder = {};  // baked in
};

struct MergeOptions {
  MergeMethod method = MergeMethod::kWeightedSum;
  BlockWeights alpha{0.3};
  BlockWeights beta{0.0};
  StorageType type = StorageType::kSame;
  std::string discard = {};  // a regular expression; tensors in whose name it is found are left out
};

/// Blocks of a checkpoint's U-Net; 12 a side when it has none.
BlockLayout layout_of(const io::TensorFile& file);

struct MergeEvents {
  /// What goes on ("hashing A", "measuring", "merging"), done and to do in a unit of its own. May throw
  /// Error(kCancelled).
  std::function<void(std::string_view stage, std::size_t done, std::size_t total)> on_progress =
      [](std::string_view, std::size_t, std::size_t) {};
};

struct MergeReport {
  std::size_t merged = 0;  // tensors
  std::size_t kept = 0;    // of A, unchanged but for their type
  std::size_t discarded = 0;
  std::vector<std::string> warnings;  // licences that differ, and such, one line each
  std::map<std::string, std::string> metadata;
};

/// Merges models into a .safetensors file, tensor by tensor: memory holds a part of one tensor of each parent, however
/// large they are. Arithmetic is in single precision. Tensors with "model" in their names that all parents have are
/// merged; others, integers and position ids are A's. When A is an inpainting or instruct model (9 or 8 input
/// channels), its first four are merged and the others are its own. The metadata gets the recipe, the parents' names
/// and hashes, and their licences. The same parents and options give the same bytes. A file that is there is replaced.
/// Throws Error: kInvalidArgument (parents the method needs are missing, shapes differ, a broken pattern),
/// kUnsupportedModel (a tensor of A has a type that cannot be copied), kCancelled, and what writing a file throws.
MergeReport merge_models(const MergeParents& parents, const MergeOptions& options, const std::filesystem::path& out,
                         const MergeEvents& events = {});

struct MergedModel {
  io::TensorFile file;
  MergeReport report;
};

/// The same without a file: what comes back holds the very bytes that the file would, in memory. `name` is for
/// messages.
MergedModel merge_in_memory(const MergeParents& parents, const MergeOptions& options, const std::string& name,
                            const MergeEvents& events = {});

/// What the web UI calls the result: "0.7(A) + 0.3(B)", with ".inpainting" or ".instruct-pix2pix" after it if A is
/// such.
std::string merge_name(const MergeParents& parents, const MergeOptions& options);

}  // namespace fude::merging
