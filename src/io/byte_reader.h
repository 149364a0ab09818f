#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "core/error.h"

namespace fude::io {

/// Reads little-endian numbers and runs of bytes one after another and never past the end.
class ByteReader {
 public:
  /// `subject` begins the message when bytes run out ("'a.ckpt': the pickle"); it must outlive the reader.
  ByteReader(std::span<const std::byte> bytes, std::string_view subject) : bytes_(bytes), subject_(subject) {}

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

  /// Throws Error(kCorruptFile), as all reading does, when fewer bytes are left.
  std::span<const std::byte> take(uint64_t count) {
    if (count > remaining()) {
      fail(ErrorCode::kCorruptFile, "{} has {} bytes left at byte {}, expected {} more (cut short?)", subject_,
           remaining(), position_, count);
    }
    position_ += static_cast<std::size_t>(count);
    return bytes_.subspan(position_ - static_cast<std::size_t>(count), static_cast<std::size_t>(count));
  }

  template <typename Number>
  Number number() {
    Number value;
    std::memcpy(&value, take(sizeof(Number)).data(), sizeof(Number));
    return value;
  }

  std::string_view text(uint64_t count) {
    const std::span<const std::byte> bytes = take(count);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  /// The text up to the next line feed, which is passed over. At most `limit` bytes.
  std::string_view line(std::size_t limit) {
    const std::string_view rest(reinterpret_cast<const char*>(bytes_.data()) + position_, remaining());
    const std::size_t length = rest.substr(0, limit + 1).find('\n');
    if (length == std::string_view::npos) {
      fail(ErrorCode::kCorruptFile, "{} has no line end within {} bytes of byte {}", subject_, limit, position_);
    }
    position_ += length + 1;
    return rest.substr(0, length);
  }

 private:
  std::span<const std::byte> bytes_;
  std::string_view subject_;
  std::size_t position_ = 0;
};

}  // namespace fude::io
