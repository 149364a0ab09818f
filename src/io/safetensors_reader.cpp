#include "io/safetensors_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/error.h"
#include "io/safetensors_header.h"
#include "io/tensor_scales.h"

namespace fude::io {
namespace {

static_assert(std::endian::native == std::endian::little, "tensor data is used in place, and files are little-endian");

constexpr std::size_t kLengthBytes = 8;
constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the format's own limit

/// The JSON text between the length field and the data.
std::string_view header_text(std::span<const std::byte> file, std::string_view name) {
  if (file.size() < kLengthBytes) {
    fail(ErrorCode::kCorruptFile, "'{}' has {} bytes, expected a model file, which has at least {} (cut short?)",
         printable(name), file.size(), kLengthBytes);
  }
  uint64_t length = 0;
  std::memcpy(&length, file.data(), kLengthBytes);
  const uint64_t available = file.size() - kLengthBytes;
  if (available == 0) {
    fail(ErrorCode::kCorruptFile, "'{}' ends after its first {} bytes, expected a safetensors header (cut short?)",
         printable(name), kLengthBytes);
  }
  const bool has_json = file[kLengthBytes] == std::byte{'{'};
  if (!has_json && length > available) {
    fail(ErrorCode::kCorruptFile,
         "'{}' is neither safetensors nor a PyTorch checkpoint (it would have a header of {} bytes, expected 1 to {})",
         printable(name), length, available);
  }
  if (length == 0 || length > available) {
    fail(ErrorCode::kCorruptFile, "'{}' announces a safetensors header of {} bytes, expected 1 to the {} that follow{}",
         printable(name), length, available, length == 0 ? "" : " (cut short?)");
  }
  if (length > kMaxHeaderBytes) {
    fail(ErrorCode::kCorruptFile, "'{}' announces a safetensors header of {} bytes, expected at most {}",
         printable(name), length, kMaxHeaderBytes);
  }
  return {reinterpret_cast<const char*>(file.data()) + kLengthBytes, static_cast<std::size_t>(length)};
}

/// Turns one header entry into a record, checking shape and byte range against the data part.
TensorRecord checked_record(const HeaderEntry& entry, std::span<const std::byte> data, std::string_view file_name) {
  const auto where = [&] { return fmt::format("'{}': tensor '{}'", printable(file_name), printable(entry.name)); };
  const auto [begin, end] = entry.data_offsets;
  if (begin > end || end > data.size()) {
    fail(ErrorCode::kCorruptFile, "{} has bytes {} to {}, expected a range within the {} bytes of data", where(), begin,
         end, data.size());
  }
  const std::optional<int64_t> count = checked_product(entry.shape);
  if (!count) {
    fail(ErrorCode::kCorruptFile, "{} has the impossible shape {}, expected {} bytes of {}", where(),
         shape_text(entry.shape), end - begin, printable(entry.type_name));
  }
  const std::optional<int> bits = bits_per_element(entry.type_name);
  uint64_t bit_count = 0;
  const bool is_too_large = __builtin_mul_overflow(*count, bits.value_or(0), &bit_count);
  if (bits && (is_too_large || bit_count != (end - begin) * 8)) {
    fail(ErrorCode::kCorruptFile, "{} has {} bytes, expected {} elements of {} bits for {} {}", where(), end - begin,
         *count, *bits, entry.type_name, shape_text(entry.shape));
  }
  return {.type = tensor_type(entry.type_name),
          .type_name = entry.type_name,
          .shape = entry.shape,
          .strides = row_major_strides(entry.shape),
          .bytes = data.subspan(begin, end - begin)};
}

/// Tensors must cover the data part exactly: each begins where the one before ends.
void check_coverage(std::vector<HeaderEntry>& entries, std::size_t data_size, std::string_view file_name) {
  std::ranges::sort(entries, {}, &HeaderEntry::data_offsets);
  uint64_t covered = 0;
  for (const HeaderEntry& entry : entries) {
    const auto [begin, end] = entry.data_offsets;
    if (begin != covered) {
      fail(ErrorCode::kCorruptFile, "'{}': tensor '{}' begins at byte {} of the data, expected {} ({})",
           printable(file_name), printable(entry.name), begin, covered,
           begin < covered ? "it overlaps another" : "a gap");
    }
    covered = end;
  }
  if (covered != data_size) {
    fail(ErrorCode::kCorruptFile, "'{}' has {} bytes of data, expected the {} its tensors cover", printable(file_name),
         data_size, covered);
  }
}

}  // namespace

std::span<const std::byte> safetensors_data(std::span<const std::byte> file, std::string_view name) {
  return file.subspan(kLengthBytes + header_text(file, name).size());
}

TensorListing read_safetensors(std::span<const std::byte> file, std::string_view name) {
  SafetensorsHeader header = parse_safetensors_header(header_text(file, name), name);
  const std::span<const std::byte> data = safetensors_data(file, name);
  TensorListing listing;
  for (const HeaderEntry& entry : header.entries) {
    listing.tensors.emplace(entry.name, checked_record(entry, data, name));
  }
  check_coverage(header.entries, data.size(), name);
  listing.metadata = std::move(header.metadata);
  attach_scales(listing, name);
  return listing;
}

}  // namespace fude::io
