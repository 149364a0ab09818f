#include "io/tensor_file.h"

#include <ATen/Parallel.h>

#include <cstring>

#include "core/error.h"
#include "core/platform/mapped_file.h"
#include "io/checkpoint_reader.h"
#include "io/element_type.h"
#include "io/gguf_reader.h"
#include "io/packed_type.h"
#include "io/safetensors_reader.h"

namespace fude::io {

struct TensorFile::State {
  std::shared_ptr<const void> owner;  // keeps `bytes` alive
  std::span<const std::byte> bytes;
  std::string name;
  FileFormat format = FileFormat::kSafetensors;
  TensorListing listing;
  uint64_t byte_count = 0;
  std::shared_ptr<const platform::MappedFile> mapping;  // null: not a file, or put together from others
  std::vector<TensorFile> parts;                        // of an assembled one
};

namespace {

bool begins_with(std::span<const std::byte> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

/// Files people download by mistake instead of a model, and what to tell them.
void refuse_lookalikes(std::span<const std::byte> bytes, std::string_view name) {
  struct Lookalike {
    std::string_view magic, description;
  };
  static constexpr Lookalike kLookalikes[] = {
      {"<!DOCTYPE", "a web page, not a model; download the file itself"},
      {"<!doctype", "a web page, not a model; download the file itself"},
      {"<html", "a web page, not a model; download the file itself"},
      {"version https://git-lfs", "a Git LFS pointer, not a model; fetch it with 'git lfs pull'"},
      {"\x89PNG", "a PNG picture, not a model"},
  };
  for (const Lookalike& lookalike : kLookalikes) {
    if (begins_with(bytes, lookalike.magic)) {
      fail(ErrorCode::kCorruptFile, "'{}' is {}", printable(name), lookalike.description);
    }
  }
}

FileFormat recognised_format(std::span<const std::byte> bytes) {
  if (begins_with(bytes, "PK\x03\x04")) return FileFormat::kZipCheckpoint;
  if (is_gguf(bytes)) return FileFormat::kGguf;
  return is_legacy_checkpoint(bytes) ? FileFormat::kLegacyCheckpoint : FileFormat::kSafetensors;
}

TensorListing read_listing(FileFormat format, std::span<const std::byte> bytes, std::string_view name) {
  switch (format) {
    case FileFormat::kSafetensors: return read_safetensors(bytes, name);
    case FileFormat::kZipCheckpoint: return read_zip_checkpoint(bytes, name);
    case FileFormat::kLegacyCheckpoint: return read_legacy_checkpoint(bytes, name);
    case FileFormat::kGguf: return read_gguf(bytes, name);
    case FileFormat::kFolder: break;  // has no bytes of its own
  }
  return {};
}

/// The bytes as a row of elements of `type`, where they lie if the address suits the type, else copied.
at::Tensor flat_tensor(const TensorRecord& record, at::ScalarType type, std::shared_ptr<const void> owner) {
  const auto element_size = static_cast<std::size_t>(c10::elementSize(type));
  const auto count = static_cast<int64_t>(record.bytes.size() / element_size);
  // PyTorch has no read-only tensors, hence the cast; the mapping itself is protected.
  auto* const data = const_cast<std::byte*>(record.bytes.data());
  if (reinterpret_cast<std::uintptr_t>(data) % element_size == 0) {
    return at::from_blob(
        data, {count}, [owner = std::move(owner)](void*) {}, at::TensorOptions(type));
  }
  at::Tensor copy = at::empty({count}, type);
  std::memcpy(copy.data_ptr(), data, static_cast<std::size_t>(count) * element_size);
  return copy;
}

/// A packed tensor's numbers, in a row.
at::Tensor expanded_tensor(const TensorRecord& record) {
  constexpr int64_t kBlocksAtOnce = 4096;
  const BlockLayout block = block_layout(record.type);
  at::Tensor numbers = at::empty({record.element_count()}, at::kFloat);
  const std::span<float> values(numbers.data_ptr<float>(), static_cast<std::size_t>(numbers.numel()));
  at::parallel_for(0, numbers.numel() / block.elements, kBlocksAtOnce, [&](int64_t begin, int64_t end) {
    const auto first = static_cast<std::size_t>(begin);
    const auto count = static_cast<std::size_t>(end - begin);
    expand(record.type, record.bytes.subspan(first * block.bytes, count * block.bytes),
           values.subspan(first * block.elements, count * block.elements));
  });
  if (!record.scales.empty()) {
    numbers.view({static_cast<int64_t>(record.scales.size()), -1}).mul_(at::tensor(record.scales).unsqueeze(1));
  }
  return numbers;
}

}  // namespace

std::string_view format_name(FileFormat format) {
  switch (format) {
    case FileFormat::kSafetensors: return "safetensors";
    case FileFormat::kZipCheckpoint: return "PyTorch checkpoint (zip)";
    case FileFormat::kLegacyCheckpoint: return "PyTorch checkpoint (before 1.6)";
    case FileFormat::kGguf: return "GGUF";
    case FileFormat::kFolder: return "diffusers folder";
  }
  return "";
}

TensorFile TensorFile::open(const std::filesystem::path& path) {
  std::shared_ptr<const platform::MappedFile> mapping = platform::MappedFile::open(path);
  const std::span<const std::byte> bytes = mapping->bytes();
  const std::shared_ptr<State> state = read(bytes, mapping, path.string());
  state->mapping = std::move(mapping);
  return TensorFile(state);
}

TensorFile TensorFile::from_memory(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                   std::string name) {
  return TensorFile(read(bytes, std::move(owner), std::move(name)));
}

std::shared_ptr<TensorFile::State> TensorFile::read(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                                    std::string name) {
  auto state = std::make_shared<State>();
  refuse_lookalikes(bytes, name);
  state->format = recognised_format(bytes);
  state->listing = read_listing(state->format, bytes, name);
  state->owner = std::move(owner);
  state->bytes = bytes;
  state->byte_count = bytes.size();
  state->name = std::move(name);
  return state;
}

TensorFile TensorFile::assemble(Assembly assembly) {
  auto state = std::make_shared<State>();
  state->bytes = assembly.parts.front().bytes();
  for (const TensorFile& part : assembly.parts) state->byte_count += part.byte_count();
  state->name = std::move(assembly.name);
  state->format = assembly.format;
  state->listing.tensors = std::move(assembly.tensors);
  state->listing.metadata = std::move(assembly.metadata);
  state->parts = std::move(assembly.parts);
  return TensorFile(std::move(state));
}

FileFormat TensorFile::format() const { return state_->format; }

const std::string& TensorFile::name() const { return state_->name; }
std::span<const std::byte> TensorFile::bytes() const { return state_->bytes; }
uint64_t TensorFile::byte_count() const { return state_->byte_count; }
const std::map<std::string, TensorRecord>& TensorFile::tensors() const { return state_->listing.tensors; }
const std::map<std::string, std::string>& TensorFile::metadata() const { return state_->listing.metadata; }

at::Tensor TensorFile::tensor(const std::string& name) const {
  const auto found = tensors().find(name);
  if (found == tensors().end()) {
    fail(ErrorCode::kNotFound, "'{}' has no tensor '{}'", printable(state_->name), printable(name));
  }
  const TensorRecord& record = found->second;
  if (record.type == TensorType::kOther) {
    fail(ErrorCode::kUnsupportedModel, "'{}': tensor '{}' has type {}, which Fude cannot compute with",
         printable(state_->name), printable(name), printable(record.type_name));
  }
  const at::ScalarType type = scalar_type(record.type);
  if (record.element_count() == 0) return at::empty(record.shape, type);
  if (is_packed(record.type)) return expanded_tensor(record).as_strided(record.shape, record.strides);
  if (record.type == TensorType::kBool) {  // a stored byte may be any number, a bool in memory must be 0 or 1
    return flat_tensor(record, at::kByte, state_).ne(0).as_strided(record.shape, record.strides);
  }
  return flat_tensor(record, type, state_).as_strided(record.shape, record.strides);
}

void TensorFile::forget(std::span<const std::byte> bytes) const {
  if (state_->mapping) state_->mapping->forget(bytes);
  for (const TensorFile& part : state_->parts) part.forget(bytes);
}

}  // namespace fude::io
