#include "pipelines/stored_text.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/platform/mapped_file.h"
#include "core/unicode.h"
#include "pipelines/infotext.h"

namespace fude::pipelines {
namespace {

constexpr std::string_view kKeyword = "parameters";

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The kind of file whose texts cannot be read yet; empty for others.
std::string_view other_picture(std::string_view content) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kKinds{
      {{"\xFF\xD8\xFF", "JPEG picture"}, {"RIFF", "WebP picture"}, {"GIF8", "GIF picture"}, {"BM", "BMP picture"}}};
  const auto found = std::ranges::find_if(kKinds, [&](const auto& kind) { return content.starts_with(kind.first); });
  return found == kKinds.end() ? std::string_view() : found->second;
}

StoredText read_picture(std::span<const std::byte> bytes, const std::string& name) {
  const io::PngTexts found = io::read_png_texts(bytes);
  StoredText stored;
  if (!found.is_whole) stored.warnings.push_back(fmt::format("'{}' is damaged or cut short", name));
  for (const io::PngText& text : found.texts) {
    if (text.keyword == kKeyword && !stored.infotext) {
      stored.infotext = text.text;
    } else {
      stored.others.push_back(text);
    }
  }
  return stored;
}

StoredText read_text(std::string_view content, const std::string& name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const bool is_text = content.find('\0') == std::string_view::npos;
  if (!is_text || content.size() > kLongestInfotext) {
    const std::string_view kind = other_picture(content);
    fail(ErrorCode::kCorruptFile, "'{}' is {}, expected a PNG picture or a text file", name,
         kind.empty() ? "neither picture nor text" : fmt::format("a {}", kind));
  }
  if (content.starts_with(kByteOrderMark)) content.remove_prefix(kByteOrderMark.size());
  return {.is_picture = false, .infotext = encode_utf8(decode_utf8(content)), .others = {}, .warnings = {}};
}

}  // namespace

StoredText read_stored_text(const std::filesystem::path& path) {
  return read_stored_text(platform::MappedFile::open(path)->bytes(), printable(path.string()));
}

StoredText read_stored_text(std::span<const std::byte> bytes, const std::string& name) {
  return io::is_png(bytes) ? read_picture(bytes, name) : read_text(as_text(bytes), name);
}

std::string read_infotext_of(const std::filesystem::path& path) {
  StoredText stored = read_stored_text(path);
  if (stored.infotext) return std::move(*stored.infotext);
  fail(ErrorCode::kCorruptFile, "'{}' does not say how it was made: it has no '{}' text", printable(path.string()),
       kKeyword);
}

}  // namespace fude::pipelines
