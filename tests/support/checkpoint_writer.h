#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Writes tiny checkpoints, healthy and broken ones alike: nothing here checks anything.
namespace fude::tests {

struct ZipMember {
  std::string name;
  std::string content;
  bool is_deflated = false;
};

struct ZipOptions {
  bool is_zip64 = false;  // sizes, offsets and the directory in ZIP64 fields
};

std::string zip_archive(const std::vector<ZipMember>& members, ZipOptions options = {});

/// Pieces of pickle code; each pushes one value.
namespace pickle {

std::string none();
std::string boolean(bool value);
std::string integer(int64_t value);
std::string number(double value);
std::string text(std::string_view value);
std::string global(std::string_view module, std::string_view name);
std::string tuple(const std::vector<std::string>& items);
std::string integers(const std::vector<int64_t>& items);
std::string list(const std::vector<std::string>& items);
std::string dictionary(const std::vector<std::pair<std::string, std::string>>& items);
/// The same with keys that are code as well, such as whole numbers.
std::string keyed_dictionary(const std::vector<std::pair<std::string, std::string>>& items);
std::string call(const std::string& callable, const std::string& arguments);
std::string ordered_dictionary(const std::vector<std::pair<std::string, std::string>>& items);

/// A storage outside the pickle. `type` is such as "HalfStorage"; `view` a piece of code, for the older format.
std::string storage(std::string_view type, std::string_view key, int64_t count, const std::string& view = {});
std::string tensor(const std::string& storage, int64_t offset, const std::vector<int64_t>& shape,
                   const std::vector<int64_t>& strides);

/// A whole pickle that leaves `value`.
std::string whole(const std::string& value, int protocol = 2);

}  // namespace pickle

struct StoredBytes {
  std::string key;
  std::string bytes;
  int64_t count;  // elements, which the older format writes before the bytes
};

/// A checkpoint as PyTorch writes it since 1.6.
std::string zip_checkpoint(const std::string& root_value, const std::vector<StoredBytes>& storages,
                           ZipOptions options = {});

/// A checkpoint as PyTorch wrote it before 1.6.
std::string legacy_checkpoint(const std::string& root_value, const std::vector<StoredBytes>& storages);

/// The memory of a row of numbers.
template <typename Number>
std::string bytes_of(const std::vector<Number>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

}  // namespace fude::tests
