#include "pipelines/stored_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/platform/mapped_file.h"
#include "core/unicode.h"
#include "io/images/exif.h"
#include "io/images/hidden_text.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_format.h"
#include "io/images/picture_parts.h"
#include "pipelines/foreign_recipe.h"
#include "pipelines/infotext.h"

namespace fude::pipelines {
namespace {

constexpr std::string_view kKeyword = "parameters";

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void take_texts(StoredText& stored, std::vector<io::PngText> texts) {
  for (io::PngText& text : texts) {
    if (text.keyword == kKeyword && !stored.infotext) {
      stored.infotext = std::move(text.text);
    } else if (text.keyword != io::kXmpKeyword) {
      stored.others.push_back(std::move(text));
    }
  }
}

// NovelAI's comment, in EXIF or hidden: an object of texts instead of an infotext.
bool take_object(StoredText& stored, const std::string& comment) {
  if (!comment.starts_with('{') || comment.size() > kLongestInfotext) return false;
  const auto values = nlohmann::json::parse(comment, nullptr, /*allow_exceptions=*/false);
  if (!values.is_object() || !values.contains("Comment")) return false;
  for (const auto& [key, value] : values.items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    stored.others.push_back({.keyword = key, .text = encode_utf8(decode_utf8(text))});
  }
  return true;
}

void take_exif(StoredText& stored, std::span<const std::byte> block) {
  io::Exif exif = io::read_exif(block);
  if (exif.user_comment && !exif.user_comment->empty() && !take_object(stored, *exif.user_comment)) {
    stored.infotext = std::move(*exif.user_comment);  // it wins, as in the web UI
  }
  constexpr std::array<std::pair<std::uint16_t, std::string_view>, 3> kNames{
      {{io::kImageDescription, "Description"}, {io::kSoftware, "Software"}, {io::kArtist, "Artist"}}};
  for (const auto& [tag, name] : kNames) {
    if (exif.texts.contains(tag)) stored.others.push_back({.keyword = std::string(name), .text = exif.texts[tag]});
  }
  // ComfyUI keeps "prompt:{..}" and "workflow:{..}" where cameras tell their make.
  for (const std::uint16_t tag : {io::kMake, io::kModel}) {
    const std::string text = exif.texts.contains(tag) ? exif.texts[tag] : std::string();
    const std::size_t colon = text.find(":{");
    if (colon == std::string::npos || colon > 20) continue;
    stored.others.push_back({.keyword = text.substr(0, colon), .text = text.substr(colon + 1)});
  }
}

// Only pictures with transparency are looked into: few have it, and decoding costs time.
bool may_hide(std::span<const std::byte> bytes) {
  constexpr std::size_t kColourType = 25;  // signature, IHDR's length and type, sizes, depth
  constexpr std::byte kRgba{6};
  if (io::is_png(bytes)) return bytes.size() > kColourType && bytes[kColourType] == kRgba;
  return io::picture_format(bytes) == io::PictureFormat::kWebp;
}

void take_hidden(StoredText& stored, std::span<const std::byte> bytes, const io::PictureSize& size) {
  constexpr std::int64_t kMostPixelsSearched = std::int64_t{1} << 25;
  if (!may_hide(bytes) || std::int64_t{size.width} * size.height > kMostPixelsSearched) return;
  try {
    auto text = io::hidden_text(io::decode_picture(bytes));
    if (text && !take_object(stored, *text)) stored.infotext = std::move(*text);
  } catch (const Error&) {  // damaged pixels hide nothing
  }
}

void take_foreign(StoredText& stored, const io::PictureSize& size) {
  const auto recipe = foreign_recipe(stored.others, size);
  if (!recipe) return;
  stored.infotext = infotext_of(*recipe);
  stored.program = recipe->program;
  stored.warnings.push_back(fmt::format("the picture was made by {}: its words are understood differently{}{}",
                                        recipe->program, recipe->losses.empty() ? "" : ", and not taken over: ",
                                        printable(fmt::format("{}", fmt::join(recipe->losses, ", ")), 400)));
}

StoredText read_picture(std::span<const std::byte> bytes, const std::string& name) {
  StoredText stored;
  if (io::is_png(bytes)) {
    io::PngTexts found = io::read_png_texts(bytes);
    if (!found.is_whole) stored.warnings.push_back(fmt::format("'{}' is damaged or cut short", name));
    take_texts(stored, std::move(found.texts));
  }
  take_exif(stored, io::picture_parts(bytes).exif);
  const io::PictureSize size = io::picture_size(bytes).value_or(io::PictureSize{});
  if (!stored.infotext) take_foreign(stored, size);
  if (!stored.infotext) {
    take_hidden(stored, bytes, size);
    if (!stored.infotext) take_foreign(stored, size);
  }
  return stored;
}

StoredText read_text(std::string_view content, const std::string& name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const bool is_text = content.find('\0') == std::string_view::npos;
  if (!is_text || content.size() > kLongestInfotext) {
    const std::string_view kind = io::foreign_kind(std::as_bytes(std::span(content)));
    fail(ErrorCode::kCorruptFile, "'{}' is {}, expected a PNG, JPEG or WebP picture or a text file", name,
         kind == "no picture" ? "neither picture nor text" : kind);
  }
  if (content.starts_with(kByteOrderMark)) content.remove_prefix(kByteOrderMark.size());
  StoredText stored;
  stored.is_picture = false;
  stored.infotext = encode_utf8(decode_utf8(content));
  return stored;
}

}  // namespace

StoredText read_stored_text(const std::filesystem::path& path) {
  return read_stored_text(platform::MappedFile::open(path)->bytes(), printable(path.string()));
}

StoredText read_stored_text(std::span<const std::byte> bytes, const std::string& name) {
  return io::picture_format(bytes) ? read_picture(bytes, name) : read_text(as_text(bytes), name);
}

std::string read_infotext_of(const std::filesystem::path& path) {
  StoredText stored = read_stored_text(path);
  if (stored.infotext) return std::move(*stored.infotext);
  fail(ErrorCode::kCorruptFile, "'{}' does not say how it was made: it has no '{}' text", printable(path.string()),
       kKeyword);
}

}  // namespace fude::pipelines
