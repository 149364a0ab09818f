#include "io/zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "core/error.h"
#include "io/byte_reader.h"

namespace fude::io {
namespace {

constexpr uint32_t kLocalSignature = 0x04034B50;
constexpr uint32_t kCentralSignature = 0x02014B50;
constexpr uint32_t kEndSignature = 0x06054B50;
constexpr uint32_t kZip64EndSignature = 0x06064B50;
constexpr uint32_t kZip64LocatorSignature = 0x07064B50;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kZip64LocatorBytes = 20;
constexpr std::size_t kMaxCommentBytes = 65535;
constexpr uint32_t kSeeZip64 = 0xFFFFFFFF;
constexpr uint16_t kZip64ExtraId = 1;

struct Directory {
  uint64_t entry_count, size, offset;
};

/// One row of the central directory.
struct CentralRow {
  uint16_t flags, method;
  uint64_t stored_size, size, local_offset;
  std::string name;
};

std::span<const std::byte> range(std::span<const std::byte> archive, uint64_t offset, uint64_t size,
                                 std::string_view subject) {
  if (offset > archive.size() || size > archive.size() - offset) {
    fail(ErrorCode::kCorruptFile, "{} has bytes {} to {}+{}, expected a range within the {} bytes of the file", subject,
         offset, offset, size, archive.size());
  }
  return archive.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

/// Where the "end of central directory" record begins: the last one whose comment reaches exactly to the end.
std::size_t find_end_record(std::span<const std::byte> archive, std::string_view subject) {
  const std::size_t farthest = std::min(archive.size(), kEndBytes + kMaxCommentBytes);
  for (std::size_t distance = kEndBytes; distance <= farthest; ++distance) {
    ByteReader reader(archive.last(distance), subject);
    if (reader.number<uint32_t>() != kEndSignature) continue;
    reader.take(kEndBytes - 6);
    if (reader.number<uint16_t>() == reader.remaining()) return archive.size() - distance;
  }
  fail(ErrorCode::kCorruptFile, "{} has no end record, expected one in its last bytes (cut short?)", subject);
}

Directory read_zip64_directory(std::span<const std::byte> archive, std::size_t locator_start,
                               std::string_view subject) {
  ByteReader locator(range(archive, locator_start, kZip64LocatorBytes, subject), subject);
  locator.take(8);  // signature, number of a disk
  const auto offset = locator.number<uint64_t>();
  ByteReader reader(archive.subspan(range(archive, offset, 0, subject).data() - archive.data()), subject);
  if (reader.number<uint32_t>() != kZip64EndSignature) {
    fail(ErrorCode::kCorruptFile, "{} has no ZIP64 end record at byte {}, expected one", subject, offset);
  }
  reader.take(28);  // record size, versions, disk numbers, entries on this disk
  const auto entry_count = reader.number<uint64_t>();
  const auto size = reader.number<uint64_t>();
  return {entry_count, size, reader.number<uint64_t>()};
}

Directory find_directory(std::span<const std::byte> archive, std::string_view subject) {
  const std::size_t end = find_end_record(archive, subject);
  if (end >= kZip64LocatorBytes) {
    ByteReader reader(archive.subspan(end - kZip64LocatorBytes), subject);
    if (reader.number<uint32_t>() == kZip64LocatorSignature) {
      return read_zip64_directory(archive, end - kZip64LocatorBytes, subject);
    }
  }
  ByteReader reader(archive.subspan(end), subject);
  reader.take(10);  // signature, disk numbers, entries on this disk
  const auto entry_count = reader.number<uint16_t>();
  const auto size = reader.number<uint32_t>();
  return {entry_count, size, reader.number<uint32_t>()};
}

/// Replaces the sizes and offset that did not fit 32 bits by those of the ZIP64 extra field.
void read_zip64_extra(std::span<const std::byte> extra, CentralRow& row, std::string_view subject) {
  ByteReader reader(extra, subject);
  while (reader.remaining() >= 4) {
    const auto id = reader.number<uint16_t>();
    ByteReader field(reader.take(reader.number<uint16_t>()), subject);
    if (id != kZip64ExtraId) continue;
    for (uint64_t* value : {&row.size, &row.stored_size, &row.local_offset}) {
      if (*value == kSeeZip64) *value = field.number<uint64_t>();
    }
  }
}

CentralRow read_central_row(ByteReader& reader, std::string_view subject) {
  if (reader.number<uint32_t>() != kCentralSignature) {
    fail(ErrorCode::kCorruptFile, "{} has a damaged directory near byte {} of it", subject, reader.position());
  }
  CentralRow row{};
  reader.take(4);  // versions
  row.flags = reader.number<uint16_t>();
  row.method = reader.number<uint16_t>();
  reader.take(8);  // time, date, CRC-32
  row.stored_size = reader.number<uint32_t>();
  row.size = reader.number<uint32_t>();
  const auto name_size = reader.number<uint16_t>();
  const auto extra_size = reader.number<uint16_t>();
  const auto comment_size = reader.number<uint16_t>();
  reader.take(8);  // disk number, attributes
  row.local_offset = reader.number<uint32_t>();
  row.name = reader.text(name_size);
  read_zip64_extra(reader.take(extra_size), row, subject);
  reader.take(comment_size);
  return row;
}

ZipArchive::Entry locate(std::span<const std::byte> archive, const CentralRow& row, std::string_view subject) {
  constexpr uint16_t kStored = 0, kDeflated = 8, kEncrypted = 1;
  if ((row.flags & kEncrypted) != 0) fail(ErrorCode::kCorruptFile, "{} is encrypted", subject);
  if (row.method != kStored && row.method != kDeflated) {
    fail(ErrorCode::kCorruptFile, "{} has compression method {}, expected 0 (stored) or 8 (deflated)", subject,
         row.method);
  }
  if (row.method == kStored && row.size != row.stored_size) {
    fail(ErrorCode::kCorruptFile, "{} is stored with {} bytes, expected {}", subject, row.stored_size, row.size);
  }
  const std::size_t offset = range(archive, row.local_offset, 0, subject).data() - archive.data();
  ByteReader reader(archive.subspan(offset), subject);
  if (reader.number<uint32_t>() != kLocalSignature) {
    fail(ErrorCode::kCorruptFile, "{} has no local header at byte {}, expected one", subject, offset);
  }
  reader.take(22);  // version to sizes: the directory's are the ones that count
  const auto name_size = reader.number<uint16_t>();
  const auto extra_size = reader.number<uint16_t>();
  if (reader.text(name_size) != row.name) {
    fail(ErrorCode::kCorruptFile, "{} has another name in its local header", subject);
  }
  reader.take(extra_size);
  return {row.method == kDeflated, reader.take(row.stored_size), row.size};
}

}  // namespace

ZipArchive::ZipArchive(std::span<const std::byte> archive, std::string name)
    : archive_(archive), name_(std::move(name)) {
  const std::string subject = fmt::format("'{}': the zip archive", printable(name_));
  const Directory directory = find_directory(archive, subject);
  ByteReader reader(range(archive, directory.offset, directory.size, subject), subject);
  for (uint64_t i = 0; i < directory.entry_count; ++i) {
    const CentralRow row = read_central_row(reader, subject);
    const std::string entry_subject = fmt::format("'{}': zip entry '{}'", printable(name_), printable(row.name));
    if (!entries_.emplace(row.name, locate(archive, row, entry_subject)).second) {
      fail(ErrorCode::kCorruptFile, "{} is listed twice", entry_subject);
    }
  }
}

std::vector<std::byte> ZipArchive::inflate(const std::string& entry_name) const {
  const Entry& entry = entries_.at(entry_name);
  const std::string subject = fmt::format("'{}': zip entry '{}'", printable(name_), printable(entry_name));
  const uint64_t limit = 64 * uint64_t{archive_.size()} + (uint64_t{16} << 20);
  if (entry.size > limit) {
    fail(ErrorCode::kCorruptFile, "{} inflates to {} bytes, expected at most {}", subject, entry.size, limit);
  }
  std::vector<std::byte> content(static_cast<std::size_t>(entry.size));
  z_stream stream{};
  constexpr int kRawDeflate = -MAX_WBITS;
  if (inflateInit2(&stream, kRawDeflate) != Z_OK) fail(ErrorCode::kOutOfResources, "{} cannot be inflated", subject);
  std::size_t read = 0, written = 0;
  int result = Z_OK;
  while (result == Z_OK) {  // zlib counts in 32 bits, hence pieces
    constexpr std::size_t kPiece = std::numeric_limits<uInt>::max();
    const std::size_t input = std::min(kPiece, entry.bytes.size() - read);
    const std::size_t output = std::min(kPiece, content.size() - written);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(entry.bytes.data() + read));
    stream.avail_in = static_cast<uInt>(input);
    stream.next_out = reinterpret_cast<Bytef*>(content.data() + written);
    stream.avail_out = static_cast<uInt>(output);
    result = ::inflate(&stream, Z_NO_FLUSH);
    read += input - stream.avail_in;
    written += output - stream.avail_out;
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END || written != content.size()) {
    fail(ErrorCode::kCorruptFile, "{} inflates to {} bytes, expected {}", subject, written, content.size());
  }
  return content;
}

}  // namespace fude::io
