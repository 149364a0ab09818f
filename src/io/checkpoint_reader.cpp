#include "io/checkpoint_reader.h"

#include <bit>
#include <map>
#include <string>

#include "core/error.h"
#include "io/byte_reader.h"
#include "io/checkpoint_tree.h"
#include "io/pickle.h"
#include "io/zip_archive.h"

namespace fude::io {
namespace {

static_assert(std::endian::native == std::endian::little, "storages are used in place, and files are little-endian");

using Kind = PickleValue::Kind;

constexpr std::string_view kStructureEntry = "data.pkl";
constexpr uint64_t kMaxPickleBytes = uint64_t{256} << 20;

/// The storage's size in bytes, checked against what is there.
void check_size(const StorageId& id, uint64_t found, std::string_view name) {
  uint64_t expected = 0;
  if (__builtin_mul_overflow(id.element_count, id.element_bytes, &expected) || found != expected) {
    fail(ErrorCode::kCorruptFile, "'{}': storage '{}' has {} bytes, expected {} elements of {} bytes", printable(name),
         printable(id.key), found, id.element_count, id.element_bytes);
  }
}

class ZipStorages : public StorageSource {
 public:
  ZipStorages(const ZipArchive& archive, std::string folder, std::string_view name)
      : archive_(archive), folder_(std::move(folder)), name_(name) {}

  std::span<const std::byte> bytes(const StorageId& id) override {
    const auto found = archive_.entries().find(folder_ + "data/" + id.key);
    if (found == archive_.entries().end()) {
      fail(ErrorCode::kCorruptFile, "'{}': storage '{}' is missing", printable(name_), printable(id.key));
    }
    check_size(id, found->second.size, name_);
    if (!found->second.is_deflated) return found->second.bytes;
    const auto known = unpacked_.find(id.key);
    if (known != unpacked_.end()) return memory_[known->second];
    unpacked_.emplace(id.key, memory_.size());
    return memory_.emplace_back(archive_.inflate(found->first));
  }

  std::vector<std::vector<std::byte>> take_memory() { return std::move(memory_); }

 private:
  const ZipArchive& archive_;
  std::string folder_;
  std::string_view name_;
  std::map<std::string, std::size_t> unpacked_;
  std::vector<std::vector<std::byte>> memory_;
};

/// The folder in the archive that holds everything, "archive/" or the file's stem.
std::string checkpoint_folder(const ZipArchive& archive, std::string_view name) {
  std::string folder;
  int count = 0;
  for (const auto& [entry_name, entry] : archive.entries()) {
    const std::size_t slash = entry_name.find('/');
    if (slash != std::string::npos && std::string_view(entry_name).substr(slash + 1) == kStructureEntry) {
      folder = entry_name.substr(0, slash + 1);
      ++count;
    }
  }
  if (count != 1) {
    fail(ErrorCode::kCorruptFile, "'{}' is a zip archive with {} entries 'FOLDER/{}', expected 1 as in a checkpoint",
         printable(name), count, kStructureEntry);
  }
  return folder;
}

/// A small entry's bytes; `memory` owns them if they had to be inflated.
std::span<const std::byte> entry_bytes(const ZipArchive& archive, const std::string& entry_name,
                                       std::vector<std::byte>& memory) {
  const ZipArchive::Entry& entry = archive.entries().at(entry_name);
  if (!entry.is_deflated) return entry.bytes;
  memory = archive.inflate(entry_name);
  return memory;
}

void check_byte_order(const ZipArchive& archive, const std::string& folder, std::string_view name) {
  const std::string entry_name = folder + "byteorder";
  if (!archive.entries().contains(entry_name)) return;
  std::vector<std::byte> memory;
  const std::span<const std::byte> bytes = entry_bytes(archive, entry_name, memory);
  const std::string_view order(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (order != "little") {
    fail(ErrorCode::kUnsupportedModel, "'{}' has byte order '{}', expected 'little'", printable(name),
         printable(order, 20));
  }
}

/// The storages of the older format, one after another.
class LegacyStorages : public StorageSource {
 public:
  explicit LegacyStorages(std::string_view name) : name_(name) {}

  void add(const std::string& key, std::span<const std::byte> bytes) {
    if (!storages_.emplace(key, bytes).second) {
      fail(ErrorCode::kCorruptFile, "'{}': storage '{}' is listed twice", printable(name_), printable(key));
    }
  }

  std::span<const std::byte> bytes(const StorageId& id) override {
    const auto found = storages_.find(id.key);
    if (found == storages_.end()) {
      fail(ErrorCode::kCorruptFile, "'{}': storage '{}' is missing", printable(name_), printable(id.key));
    }
    check_size(id, found->second.size(), name_);
    return found->second;
  }

 private:
  std::string_view name_;
  std::map<std::string, std::span<const std::byte>> storages_;
};

/// The pickles at the head of an older checkpoint, one after another.
class PickleRow {
 public:
  PickleRow(std::span<const std::byte> file, std::string_view name) : rest_(file), name_(name) {}

  PickleTree next() {
    PickleTree tree = read_pickle(rest_, name_);
    rest_ = rest_.subspan(tree.size);
    return tree;
  }

  std::span<const std::byte> rest() const { return rest_; }

 private:
  std::span<const std::byte> rest_;
  std::string_view name_;
};

void check_legacy_head(PickleRow& row, std::string_view name) {
  constexpr std::string_view kMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";  // 0x1950a86a20f9469cfc6c
  constexpr int64_t kVersion = 1001;
  const PickleTree magic = row.next();
  if (magic[magic.root].text != kMagic) {
    fail(ErrorCode::kCorruptFile, "'{}' is a pickle without PyTorch's magic number, expected a checkpoint",
         printable(name));
  }
  const PickleTree version = row.next();
  if (version[version.root].integer != kVersion) {
    fail(ErrorCode::kCorruptFile, "'{}' has checkpoint version {}, expected {}", printable(name),
         version[version.root].integer, kVersion);
  }
  const PickleTree system = row.next();
  const std::vector<PickleRef>& entries = system[system.root].items;
  for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
    const PickleValue& value = system[entries[i + 1]];
    if (system[entries[i]].text == "little_endian" && value.kind == Kind::kBool && value.integer == 0) {
      fail(ErrorCode::kUnsupportedModel, "'{}' was written on a big-endian machine, expected little-endian",
           printable(name));
    }
  }
}

/// A class's source text, which old checkpoints carry along when a trainer stored a whole module: ("module", ...).
bool is_source_code(const PickleTree& tree, PickleRef persistent) {
  const std::vector<PickleRef>& items = tree[tree[persistent].arguments].items;
  return !items.empty() && tree[items[0]].text == "module";
}

/// Every storage the structure speaks of, by key.
std::map<std::string, StorageId> storage_ids(const PickleTree& tree, std::string_view name) {
  std::map<std::string, StorageId> ids;
  for (PickleRef ref = 0; ref < tree.values.size(); ++ref) {
    if (tree[ref].kind != Kind::kPersistent || is_source_code(tree, ref)) continue;
    StorageId id = storage_id(tree, ref, name);
    const auto [known, is_new] = ids.emplace(id.key, id);
    if (!is_new && known->second.element_bytes != id.element_bytes) {
      fail(ErrorCode::kCorruptFile, "'{}': storage '{}' has two types", printable(name), printable(id.key));
    }
  }
  return ids;
}

}  // namespace

bool is_legacy_checkpoint(std::span<const std::byte> file) {
  // Protocol 2 to 5, then a frame or the long magic number. As the length of a safetensors header these bytes would
  // mean more than the format allows.
  if (file.size() < 4 || file[0] != std::byte{0x80}) return false;
  const bool is_protocol = file[1] >= std::byte{2} && file[1] <= std::byte{5};
  return is_protocol && (file[2] == std::byte{0x8A} || file[2] == std::byte{0x95});
}

TensorListing read_zip_checkpoint(std::span<const std::byte> file, std::string_view name) {
  const ZipArchive archive(file, std::string(name));
  const std::string folder = checkpoint_folder(archive, name);
  check_byte_order(archive, folder, name);
  std::vector<std::byte> memory;
  const std::span<const std::byte> pickle = entry_bytes(archive, folder + std::string(kStructureEntry), memory);
  if (pickle.size() > kMaxPickleBytes) {
    fail(ErrorCode::kCorruptFile, "'{}' has a structure of {} bytes, expected at most {}", printable(name),
         pickle.size(), kMaxPickleBytes);
  }
  ZipStorages storages(archive, folder, name);
  TensorListing listing = list_tensors(read_pickle(pickle, name), storages, file.size(), name);
  listing.unpacked = storages.take_memory();
  return listing;
}

TensorListing read_legacy_checkpoint(std::span<const std::byte> file, std::string_view name) {
  PickleRow row(file, name);
  check_legacy_head(row, name);
  const PickleTree structure = row.next();
  const PickleTree keys = row.next();
  const std::map<std::string, StorageId> ids = storage_ids(structure, name);
  const std::string subject = fmt::format("'{}': the storages' data", printable(name));
  ByteReader reader(row.rest(), subject);
  LegacyStorages storages(name);
  for (const PickleRef ref : keys[keys.root].items) {
    const std::string key(keys[ref].text.substr(0, 100));
    const auto id = ids.find(key);
    if (id == ids.end()) {
      fail(ErrorCode::kCorruptFile, "'{}': storage '{}' is listed, but no tensor speaks of it", printable(name),
           printable(key));
    }
    const auto count = reader.number<uint64_t>();
    uint64_t size = 0;
    if (__builtin_mul_overflow(count, id->second.element_bytes, &size)) size = UINT64_MAX;
    storages.add(key, reader.take(size));
  }
  if (reader.remaining() > 0) {
    fail(ErrorCode::kCorruptFile, "{} is followed by {} bytes, expected none", subject, reader.remaining());
  }
  return list_tensors(structure, storages, file.size(), name);
}

}  // namespace fude::io
