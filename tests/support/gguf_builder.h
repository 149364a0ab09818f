#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace fude::tests {

/// The bytes of a number, little-endian.
template <typename Number>
std::string number_bytes(Number number) {
  static_assert(std::is_arithmetic_v<Number>);
  std::string bytes(sizeof(Number), '\0');
  std::memcpy(bytes.data(), &number, sizeof(Number));
  return bytes;
}

/// A text as GGUF stores it: length, then bytes.
inline std::string gguf_text(const std::string& text) { return number_bytes<uint64_t>(text.size()) + text; }

/// Puts a GGUF file together, also a wrong one: every number may be set.
class GgufBuilder {
 public:
  uint32_t version = 3;
  uint64_t alignment = 32;  // of the data; stating it is the caller's
  std::optional<uint64_t> stated_tensors = {};
  std::optional<uint64_t> stated_entries = {};

  /// A metadata entry of a type (ggml's number) with the bytes of its value.
  GgufBuilder& entry(const std::string& key, uint32_t type, const std::string& value) {
    entries_ += gguf_text(key) + number_bytes(type) + value;
    ++entry_count_;
    return *this;
  }

  GgufBuilder& text_entry(const std::string& key, const std::string& value) { return entry(key, 8, gguf_text(value)); }

  /// `sizes` in GGUF's order, the fastest dimension first; `offset` in the data part, by default after the last tensor.
  GgufBuilder& tensor(const std::string& name, const std::vector<uint64_t>& sizes, uint32_t type,
                      const std::string& data, std::optional<uint64_t> offset = {}) {
    data_.resize((data_.size() + alignment - 1) / alignment * alignment);
    tensors_ += gguf_text(name) + number_bytes(static_cast<uint32_t>(sizes.size()));
    for (const uint64_t size : sizes) tensors_ += number_bytes(size);
    tensors_ += number_bytes(type) + number_bytes<uint64_t>(offset.value_or(data_.size()));
    data_ += data;
    ++tensor_count_;
    return *this;
  }

  std::string build() const {
    std::string file = "GGUF" + number_bytes(version) + number_bytes(stated_tensors.value_or(tensor_count_)) +
                       number_bytes(stated_entries.value_or(entry_count_)) + entries_ + tensors_;
    file.resize((file.size() + alignment - 1) / alignment * alignment);
    return file + data_;
  }

 private:
  std::string entries_, tensors_, data_;
  uint64_t entry_count_ = 0, tensor_count_ = 0;
};

}  // namespace fude::tests
