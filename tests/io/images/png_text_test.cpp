#include "io/images/png_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <cstring>

#include "core/error.h"
#include "core/platform/mapped_file.h"

namespace fude::io {
namespace {

constexpr std::string_view kSignature("\x89PNG\r\n\x1a\n", 8);

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string number(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

std::string chunk(const std::string& type, const std::string& content) {
  const std::string summed = type + content;
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(summed.data()), static_cast<uInt>(summed.size()));
  return number(static_cast<std::uint32_t>(content.size())) + summed + number(static_cast<std::uint32_t>(sum));
}

std::string packed(const std::string& text) {
  uLongf size = compressBound(static_cast<uLong>(text.size()));
  std::string out(size, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
           static_cast<uLong>(text.size()));
  return out.substr(0, size);
}

std::string png_with(const std::string& chunks) { return std::string(kSignature) + chunks + chunk("IEND", ""); }

const std::string kNul(1, '\0');

std::string golden_chunk(const char* path, std::string_view type) {
  const auto file = platform::MappedFile::open(path);
  const std::string_view all(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
  const std::size_t at = all.find(type);
  EXPECT_NE(at, std::string_view::npos);
  std::uint32_t length = 0;
  for (const char c : all.substr(at - 4, 4)) length = length << 8 | static_cast<std::uint8_t>(c);
  return std::string(all.substr(at + 4, length));
}

TEST(ReadPngTexts, ReadsWhatTheReferenceWrote) {
  const auto latin = platform::MappedFile::open(FUDE_GOLDEN_DIR "/images/geninfo_0.png");
  const PngTexts texts = read_png_texts(latin->bytes());
  EXPECT_TRUE(texts.is_whole);
  EXPECT_THAT(std::string(find_text(texts.texts, "parameters").value()), testing::StartsWith("a cat\nNegative"));
  const auto unicode = platform::MappedFile::open(FUDE_GOLDEN_DIR "/images/geninfo_1.png");
  EXPECT_THAT(std::string(find_text(read_png_texts(unicode->bytes()).texts, "parameters").value()),
              testing::StartsWith("猫 line one\nline two\n"));
}

TEST(TextChunk, HasTheBytesTheReferenceWrote) {
  const std::array<std::pair<const char*, std::string_view>, 2> files{
      {{FUDE_GOLDEN_DIR "/images/geninfo_0.png", "tEXt"}, {FUDE_GOLDEN_DIR "/images/geninfo_1.png", "iTXt"}}};
  for (const auto& [path, type] : files) {
    const PngTexts texts = read_png_texts(platform::MappedFile::open(path)->bytes());
    ASSERT_EQ(texts.texts.size(), 1U);
    const PngTextChunk written = text_chunk(texts.texts.front());
    EXPECT_EQ(written.type, type);
    EXPECT_EQ(written.content, golden_chunk(path, type));
  }
}

TEST(ReadPngTexts, UnpacksCompressedTexts) {
  const std::string file =
      png_with(chunk("zTXt", "a" + kNul + kNul + packed("caf\xE9")) +
               chunk("iTXt", "b" + kNul + "\x01" + kNul + "ja" + kNul + "key" + kNul + packed("猫")));
  const PngTexts texts = read_png_texts(bytes_of(file));
  EXPECT_TRUE(texts.is_whole);
  EXPECT_EQ(find_text(texts.texts, "a"), "café");
  EXPECT_EQ(find_text(texts.texts, "b"), "猫");
  EXPECT_EQ(find_text(texts.texts, "c"), std::nullopt);
}

TEST(ReadPngTexts, LeavesOutTextsThatUnpackWithoutEnd) {
  const std::string bomb = packed(std::string(std::size_t{17} << 20, 'a'));
  const PngTexts texts = read_png_texts(bytes_of(png_with(chunk("zTXt", "a" + kNul + kNul + bomb))));
  EXPECT_FALSE(texts.is_whole);
  EXPECT_TRUE(texts.texts.empty());
}

TEST(ReadPngTexts, StopsWhenAllTextsTogetherUnpackWithoutEnd) {
  const std::string large = chunk("zTXt", "a" + kNul + kNul + packed(std::string(std::size_t{8} << 20, 'a')));
  std::string chunks;
  for (int i = 0; i < 50; ++i) chunks += large;
  const PngTexts texts = read_png_texts(bytes_of(png_with(chunks)));
  EXPECT_FALSE(texts.is_whole);
  EXPECT_EQ(texts.texts.size(), 4u);
}

TEST(ReadPngTexts, KeepsWhatComesBeforeDamage) {
  const std::string good = chunk("tEXt", "a" + kNul + "x");
  std::string bad_sum = chunk("tEXt", "b" + kNul + "y");
  bad_sum.back() = static_cast<char>(bad_sum.back() ^ 1);
  for (const std::string& tail : {bad_sum, number(0x7FFFFFFF) + "tEXt", chunk("tEXt", "no end of keyword"),
                                  chunk("iTXt", "b" + kNul + kNul + kNul + "ja"), chunk("zTXt", "b" + kNul),
                                  chunk("zTXt", "b" + kNul + "\x01" + packed("x")), std::string("xy")}) {
    const std::string file = std::string(kSignature) + good + tail;
    const PngTexts texts = read_png_texts(bytes_of(file));
    EXPECT_FALSE(texts.is_whole);
    ASSERT_EQ(texts.texts.size(), 1U);
    EXPECT_EQ(texts.texts.front().text, "x");
  }
}

TEST(ReadPngTexts, StopsAtEveryPlaceOfTruncation) {
  const std::string file = png_with(chunk("tEXt", "a" + kNul + "x") + chunk("zTXt", "b" + kNul + kNul + packed("y")));
  for (std::size_t size = kSignature.size(); size < file.size(); ++size) {
    EXPECT_FALSE(read_png_texts(bytes_of(std::string_view(file).substr(0, size))).is_whole) << size;
  }
}

TEST(ReadPngTexts, RefusesOtherFiles) { EXPECT_THROW(read_png_texts(bytes_of("GIF89a")), Error); }

TEST(TextChunk, RefusesKeywordsThePngStandardForbids) {
  EXPECT_THROW(text_chunk({"", "x"}), Error);
  EXPECT_THROW(text_chunk({std::string(80, 'a'), "x"}), Error);
  EXPECT_THROW(text_chunk({"a\nb", "x"}), Error);
}

}  // namespace
}  // namespace fude::io
