#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "io/pickle.h"
#include "io/tensor_record.h"

namespace fude::io {

/// A run of elements outside the pickle, as a checkpoint's persistent ids name it.
struct StorageId {
  std::string key;
  std::string type_name;  // as in safetensors ("F16"), or PyTorch's name where safetensors has none
  uint64_t element_bytes = 0;
  uint64_t element_count = 0;
  uint64_t view_begin = 0;  // in elements: the part of the storage that is meant, usually all
  uint64_t view_count = 0;
};

/// Where the bytes behind a storage lie; one implementation for each container format.
class StorageSource {
 public:
  virtual ~StorageSource() = default;

  /// Throws Error(kCorruptFile) unless there is such a storage with exactly the named count of elements.
  virtual std::span<const std::byte> bytes(const StorageId& id) = 0;
};

/// Reads a persistent id ("storage", type, key, location, count[, view]). `name` is the file's name for messages.
/// Throws Error(kCorruptFile).
StorageId storage_id(const PickleTree& tree, PickleRef persistent, std::string_view name);

/// Finds the tensors of an unpickled checkpoint: those of its "state_dict" if it has one, else all in nested
/// dictionaries and lists, with dots between the keys. Numbers and texts beside them become metadata; whatever else
/// a trainer left there (callbacks, optimizer) is passed over.
/// Only tensor rebuilders and plain containers are understood. Throws Error(kCorruptFile) when a state_dict holds
/// anything else, when a tensor reaches outside its storage, and when there is no tensor at all.
TensorListing list_tensors(const PickleTree& tree, StorageSource& storages, uint64_t file_bytes, std::string_view name);

}  // namespace fude::io
