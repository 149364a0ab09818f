#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "io/tensor_record.h"

namespace fude::io {

/// The layout of a file of tensors, recognised by its first bytes, never by its name.
enum class FileFormat { kSafetensors, kZipCheckpoint, kLegacyCheckpoint, kGguf, kFolder };

/// "safetensors", "PyTorch checkpoint (zip)", ...
std::string_view format_name(FileFormat format);

struct Assembly;

/// A file of named tensors, memory-mapped: opening reads only its header, tensors are views into it.
/// A cheap handle; copies share the mapping. Safe to read from many threads.
class TensorFile {
 public:
  /// Opens .safetensors, .ckpt, .pt and .gguf files. Throws Error: kNotFound, or kCorruptFile for anything that is not
  /// a whole and healthy file of tensors; the message names file, tensor, what was found and what was expected.
  static TensorFile open(const std::filesystem::path& path);

  /// The same from memory. `owner` keeps `bytes` alive (null: they live for ever); `name` is for messages.
  static TensorFile from_memory(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, std::string name);

  /// A file put together from tensors of others.
  static TensorFile assemble(Assembly assembly);

  FileFormat format() const;

  /// The path it was opened by, for messages.
  const std::string& name() const;

  /// The whole file, for hashing; of an assembled one the first part's.
  std::span<const std::byte> bytes() const;

  /// How many bytes all its parts have.
  uint64_t byte_count() const;

  const std::map<std::string, TensorRecord>& tensors() const;
  const std::map<std::string, std::string>& metadata() const;

  /// One tensor on the CPU in its stored type. A view without copy where the data's address suits the type, else a
  /// copy. Views keep the mapping alive and must not be written to (the memory is read-only). A packed type
  /// (packed_type.h) comes as new numbers of 32 bits, its scales applied.
  /// Throws Error: kNotFound (no such tensor), kUnsupportedModel (type kOther).
  at::Tensor tensor(const std::string& name) const;

  /// Lets go of the memory behind a part of the file, or of one of its parts' (platform::MappedFile::forget). Tensors
  /// stay valid. Other memory is left alone.
  void forget(std::span<const std::byte> bytes) const;

 private:
  struct State;
  static std::shared_ptr<State> read(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                     std::string name);
  explicit TensorFile(std::shared_ptr<const State> state) : state_(std::move(state)) {}

  std::shared_ptr<const State> state_;
};

/// What an assembled file is made of.
struct Assembly {
  std::string name;                                  // for messages
  std::vector<TensorFile> parts;                     // at least one; they keep the records' memory
  std::map<std::string, TensorRecord> tensors = {};  // records of the parts, under the names they get
  std::map<std::string, std::string> metadata = {};
  FileFormat format = FileFormat::kFolder;
};

}  // namespace fude::io
