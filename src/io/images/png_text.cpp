#include "io/images/png_text.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>

#include "core/error.h"
#include "core/unicode.h"
#include "io/images/zlib_text.h"

namespace fude::io {
namespace {

constexpr std::string_view kSignature("\x89PNG\r\n\x1a\n", 8);
constexpr std::size_t kMostTexts = 1000;
constexpr std::size_t kMostBytes = std::size_t{32} << 20;  // of all texts together, unpacked
constexpr std::size_t kLostBytes = std::size_t{16} << 20;  // what a text that cannot be unpacked has cost at most

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string from_latin1(std::string_view latin1) {
  std::u32string characters;
  for (const char c : latin1) characters += static_cast<std::uint8_t>(c);
  return encode_utf8(characters);
}

// Absent when a character is above U+00FF; bytes that are no UTF-8 count as one, U+FFFD.
std::optional<std::string> to_latin1(std::string_view utf8) {
  std::string latin1;
  for (const char32_t character : decode_utf8(utf8)) {
    if (character > 0xFF) return std::nullopt;
    latin1 += static_cast<char>(character);
  }
  return latin1;
}

std::string repaired(std::string_view utf8) { return encode_utf8(decode_utf8(utf8)); }

std::uint32_t big_endian(std::string_view four) {
  std::uint32_t value = 0;
  for (const char c : four) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

// Everything before the next NUL, which is taken off as well; absent when there is no NUL.
std::optional<std::string_view> take_string(std::string_view& rest) {
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return taken;
}

std::optional<std::string> unpack_by(char method, std::string_view packed) {
  return method == 0 ? unpack_zlib(packed) : std::nullopt;
}

std::optional<PngText> parse_plain(std::string_view content) {
  const auto keyword = take_string(content);
  if (!keyword) return std::nullopt;
  return PngText{from_latin1(*keyword), from_latin1(content)};
}

std::optional<PngText> parse_packed(std::string_view content) {
  const auto keyword = take_string(content);
  if (!keyword || content.empty()) return std::nullopt;
  const auto text = unpack_by(content.front(), content.substr(1));
  if (!text) return std::nullopt;
  return PngText{from_latin1(*keyword), from_latin1(*text)};
}

std::optional<PngText> parse_international(std::string_view content) {
  const auto keyword = take_string(content);
  if (!keyword || content.size() < 2) return std::nullopt;
  const bool is_packed = content[0] != 0;
  const char method = content[1];
  content.remove_prefix(2);
  if (!take_string(content) || !take_string(content)) return std::nullopt;  // language, translated keyword
  if (!is_packed) return PngText{from_latin1(*keyword), repaired(content)};
  const auto text = unpack_by(method, content);
  if (!text) return std::nullopt;
  return PngText{from_latin1(*keyword), repaired(*text)};
}

struct Chunk {
  std::string_view type;
  std::string_view content;
  bool is_sound = false;  // the checksum is right
};

// Takes the next chunk off; absent when the bytes end before the chunk does.
std::optional<Chunk> take_chunk(std::string_view& rest) {
  constexpr std::size_t kFrame = 12;  // length, type, checksum
  if (rest.size() < kFrame) return std::nullopt;
  const std::size_t length = big_endian(rest.substr(0, 4));
  if (length > rest.size() - kFrame) return std::nullopt;
  Chunk chunk{.type = rest.substr(4, 4), .content = rest.substr(8, length)};
  const std::string_view summed = rest.substr(4, 4 + length);
  const auto* data = reinterpret_cast<const Bytef*>(summed.data());
  chunk.is_sound = crc32_z(0, data, summed.size()) == big_endian(rest.substr(8 + length, 4));
  rest.remove_prefix(kFrame + length);
  return chunk;
}

using Parser = std::optional<PngText> (*)(std::string_view);

Parser parser_of(std::string_view type) {
  if (type == "tEXt") return parse_plain;
  if (type == "zTXt") return parse_packed;
  if (type == "iTXt") return parse_international;
  return nullptr;
}

void check_keyword(std::string_view keyword) {
  const bool is_printable = std::ranges::all_of(keyword, [](char c) { return c >= 0x20 && c < 0x7F; });
  if (keyword.empty() || keyword.size() > 79 || !is_printable) {
    fail(ErrorCode::kInvalidArgument, "PNG keyword is '{}', expected 1..79 printable ASCII characters",
         printable(keyword));
  }
}

}  // namespace

bool is_png(std::span<const std::byte> bytes) { return as_text(bytes).starts_with(kSignature); }

PngTexts read_png_texts(std::span<const std::byte> bytes) {
  if (!is_png(bytes)) fail(ErrorCode::kCorruptFile, "data is not a PNG picture: its signature is missing");
  PngTexts found;
  std::string_view rest = as_text(bytes).substr(kSignature.size());
  std::size_t spent = 0;
  while (true) {
    const std::optional<Chunk> chunk = take_chunk(rest);
    found.is_whole = found.is_whole && chunk.has_value();
    if (!chunk || chunk->type == "IEND" || found.texts.size() >= kMostTexts) return found;
    const Parser parse = parser_of(chunk->type);
    if (parse == nullptr) continue;
    std::optional<PngText> text = chunk->is_sound ? parse(chunk->content) : std::nullopt;
    if (chunk->is_sound) spent += text ? text->text.size() : kLostBytes;
    found.is_whole = found.is_whole && text.has_value() && spent <= kMostBytes;
    if (spent > kMostBytes) return found;
    if (text) found.texts.push_back(std::move(*text));
  }
}

std::optional<std::string_view> find_text(std::span<const PngText> texts, std::string_view keyword) {
  const auto found = std::ranges::find(texts, keyword, &PngText::keyword);
  return found == texts.end() ? std::nullopt : std::optional<std::string_view>(found->text);
}

PngTextChunk text_chunk(const PngText& text) {
  check_keyword(text.keyword);
  const bool is_xmp = text.keyword == kXmpKeyword;  // always Unicode (XMP specification, part 3, 1.1.5)
  if (const auto latin1 = is_xmp ? std::nullopt : to_latin1(text.text)) return {"tEXt", text.keyword + '\0' + *latin1};
  // After the keyword: not compressed, method 0, no language, no translated keyword.
  return {"iTXt", text.keyword + std::string(5, '\0') + repaired(text.text)};
}

}  // namespace fude::io
