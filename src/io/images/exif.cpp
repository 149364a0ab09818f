#include "io/images/exif.h"

#include <algorithm>
#include <array>

#include "core/unicode.h"

namespace fude::io {
namespace {

constexpr std::uint16_t kOrientation = 0x0112, kExifDirectory = 0x8769, kUserComment = 0x9286;
constexpr std::uint16_t kShort = 3, kLong = 4, kUndefined = 7;
constexpr std::string_view kUnicodeMark("UNICODE\0", 8), kAsciiMark("ASCII\0\0\0", 8), kJisMark("JIS\0\0\0\0\0", 8),
    kUnknownMark("\0\0\0\0\0\0\0\0", 8);

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Numbers of a TIFF block (TIFF 6.0), in its byte order. Absent beyond its end.
class TiffBlock {
 public:
  explicit TiffBlock(std::span<const std::byte> bytes) : bytes_(bytes), is_little_(as_text(bytes).starts_with("II")) {}

  bool is_tiff() const {
    const bool has_mark = is_little_ || as_text(bytes_).starts_with("MM");
    return has_mark && number(2, 2) == 42 && bytes_.size() >= 8;
  }

  std::optional<std::uint32_t> number(std::size_t offset, std::size_t size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t place = is_little_ ? size - 1 - i : i;
      value = value << 8 | std::to_integer<std::uint32_t>(bytes_[offset + place]);
    }
    return value;
  }

  std::string_view text(std::size_t offset, std::size_t size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size) return {};
    return as_text(bytes_).substr(offset, size);
  }

 private:
  std::span<const std::byte> bytes_;
  bool is_little_;
};

/// One entry of a directory.
struct Entry {
  std::uint16_t tag = 0, type = 0;
  std::uint32_t count = 0;
  std::size_t value = 0;  // where the four bytes of its value, or of its place, lie
};

/// Calls `use` for every entry of the directory at `offset`; ends where the block does.
template <typename Use>
void for_each_entry(const TiffBlock& block, std::size_t offset, const Use& use) {
  constexpr std::size_t kEntry = 12;
  const std::uint32_t count = block.number(offset, 2).value_or(0);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = offset + 2 + i * kEntry;
    if (!block.number(at + 8, 4)) return;
    use(Entry{.tag = static_cast<std::uint16_t>(*block.number(at, 2)),
              .type = static_cast<std::uint16_t>(*block.number(at + 2, 2)),
              .count = *block.number(at + 4, 4),
              .value = at + 8});
  }
}

// The bytes of an entry of single bytes; up to four lie in the entry itself.
std::string_view content(const TiffBlock& block, const Entry& entry) {
  return block.text(entry.count <= 4 ? entry.value : *block.number(entry.value, 4), entry.count);
}

struct Decoded {
  std::u32string text;
  std::size_t ascii = 0;  // how many of its characters are ASCII
};

Decoded decode_utf16(std::string_view bytes, bool is_little) {
  Decoded decoded;
  const auto unit_at = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]), second = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<char32_t>(is_little ? second << 8 | first : first << 8 | second);
  };
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    char32_t character = unit_at(at);
    const bool is_high = character >= 0xD800 && character < 0xDC00;
    if (is_high && at + 3 < bytes.size() && unit_at(at + 2) >= 0xDC00 && unit_at(at + 2) < 0xE000) {
      character = 0x10000 + ((character - 0xD800) << 10) + (unit_at(at + 2) - 0xDC00);
      at += 2;
    }
    if (character > 0 && character < 0x80) ++decoded.ascii;
    decoded.text += character;
  }
  return decoded;
}

std::string trimmed(std::string_view text) {
  const std::size_t end = text.find_last_not_of('\0');
  return encode_utf8(decode_utf8(text.substr(0, end == std::string_view::npos ? 0 : end + 1)));
}

// Cameras and editors write these in the block's byte order, the web UI always big-endian.
std::string decode_unicode(std::string_view bytes) {
  if (bytes.starts_with("\xFE\xFF")) return encode_utf8(decode_utf16(bytes.substr(2), /*is_little=*/false).text);
  if (bytes.starts_with("\xFF\xFE")) return encode_utf8(decode_utf16(bytes.substr(2), /*is_little=*/true).text);
  const Decoded big = decode_utf16(bytes, false), little = decode_utf16(bytes, true);
  return trimmed(encode_utf8(little.ascii > big.ascii ? little.text : big.text));
}

std::string decode_comment(std::string_view bytes) {
  if (bytes.starts_with(kUnicodeMark)) return decode_unicode(bytes.substr(kUnicodeMark.size()));
  for (const std::string_view mark : {kAsciiMark, kJisMark, kUnknownMark}) {
    if (bytes.starts_with(mark)) return trimmed(bytes.substr(mark.size()));
  }
  return trimmed(bytes);
}

void read_entry(Exif& exif, const TiffBlock& block, const Entry& entry) {
  constexpr std::array kTexts{kImageDescription, kMake, kModel, kSoftware, kArtist, kCopyright};
  if (entry.tag == kOrientation && entry.type == kShort) {
    const std::uint32_t value = *block.number(entry.value, 2);
    if (value >= 1 && value <= 8) exif.orientation = static_cast<int>(value);
  } else if (entry.tag == kUserComment && !exif.user_comment) {
    exif.user_comment = decode_comment(content(block, entry));
  } else if (std::ranges::find(kTexts, entry.tag) != kTexts.end() && !exif.texts.contains(entry.tag)) {
    exif.texts.emplace(entry.tag, trimmed(content(block, entry)));
  }
}

class BigEndianBytes {
 public:
  BigEndianBytes& put(std::uint32_t value, int size) {
    for (int i = size - 1; i >= 0; --i) bytes_.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
    return *this;
  }
  BigEndianBytes& put(std::string_view text) {
    for (const char c : text) bytes_.push_back(static_cast<std::byte>(c));
    return *this;
  }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

std::span<const std::byte> without_mark(std::span<const std::byte> bytes) {
  constexpr std::string_view kMark("Exif\0\0", 6);
  return as_text(bytes).starts_with(kMark) ? bytes.subspan(kMark.size()) : bytes;
}

}  // namespace

Exif read_exif(std::span<const std::byte> bytes) {
  bytes = without_mark(bytes);
  const TiffBlock block(bytes);
  Exif exif;
  if (!block.is_tiff()) return exif;
  std::optional<std::size_t> inner;
  for_each_entry(block, *block.number(4, 4), [&](const Entry& entry) {
    read_entry(exif, block, entry);
    if (entry.tag == kExifDirectory && entry.type == kLong) inner = *block.number(entry.value, 4);
  });
  if (inner) for_each_entry(block, *inner, [&](const Entry& entry) { read_entry(exif, block, entry); });
  return exif;
}

std::vector<std::byte> upright_exif(std::span<const std::byte> bytes) {
  bytes = without_mark(bytes);
  const TiffBlock block(bytes);
  if (!block.is_tiff()) return {};
  std::vector<std::byte> upright(bytes.begin(), bytes.end());
  for_each_entry(block, *block.number(4, 4), [&](const Entry& entry) {
    if (entry.tag != kOrientation || entry.type != kShort) return;
    const bool is_little = as_text(bytes).starts_with("II");
    upright[entry.value] = std::byte{is_little ? std::uint8_t{1} : std::uint8_t{0}};
    upright[entry.value + 1] = std::byte{is_little ? std::uint8_t{0} : std::uint8_t{1}};
  });
  return upright;
}

std::vector<std::byte> write_exif(std::string_view user_comment) {
  // Block head, a directory of one entry with the place of the next, and one with the comment, after which no next one
  // is told: so does piexif, which the web UI writes with.
  constexpr std::uint32_t kFirst = 8, kSecond = kFirst + 2 + 12 + 4, kText = kSecond + 2 + 12;
  BigEndianBytes utf16;
  for (const char32_t character : decode_utf8(user_comment)) {
    if (character > 0xFFFF) utf16.put(0xD800 + static_cast<std::uint32_t>((character - 0x10000) >> 10), 2);
    utf16.put(character > 0xFFFF ? 0xDC00 + static_cast<std::uint32_t>((character - 0x10000) & 0x3FF)
                                 : static_cast<std::uint32_t>(character),
              2);
  }
  const std::vector<std::byte> text = utf16.take();
  const auto size = static_cast<std::uint32_t>(kUnicodeMark.size() + text.size());
  BigEndianBytes block;
  block.put("MM").put(42, 2).put(kFirst, 4);
  block.put(1, 2).put(kExifDirectory, 2).put(kLong, 2).put(1, 4).put(kSecond, 4).put(0, 4);
  block.put(1, 2).put(kUserComment, 2).put(kUndefined, 2).put(size, 4).put(kText, 4);
  block.put(kUnicodeMark).put(as_text(text));
  return block.take();
}

}  // namespace fude::io
