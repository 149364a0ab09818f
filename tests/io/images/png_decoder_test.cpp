#include <gtest/gtest.h>

#include <string>

#include "core/error.h"
#include "core/platform/mapped_file.h"
#include "io/images/png_file.h"
#include "tests/io/images/checkered.h"

namespace fude::io {
namespace {

using tests::checkered;

TEST(DecodePng, ReadsWhatTheReferenceWrote) {
  const Image image = read_png(FUDE_GOLDEN_DIR "/images/geninfo_0.png");
  EXPECT_EQ(image.width, 8);
  EXPECT_EQ(image.height, 8);
  EXPECT_EQ(image.channels, 3);
  EXPECT_EQ(image.pixels.size(), 192U);
}

TEST(DecodePng, RefusesEveryTruncation) {
  const std::vector<std::byte> file = encode_png(checkered(3));
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_THROW(decode_png(std::span(file).first(size)), Error) << size;
  }
}

TEST(DecodePng, RefusesEveryFlippedByteOrReadsAPicture) {
  const std::vector<std::byte> file = encode_png(checkered(3));
  for (std::size_t at = 0; at < file.size(); ++at) {
    std::vector<std::byte> damaged = file;
    damaged[at] ^= std::byte{0x55};
    try {
      EXPECT_EQ(decode_png(damaged).pixels.size(), 45U);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kCorruptFile);
    }
  }
}

TEST(DecodePng, RefusesHugeSizesBeforeAskingForMemory) {
  // 16000 x 8000 grey pixels claimed by a file of some hundred bytes; the checksum of IHDR is right.
  const auto file = platform::MappedFile::open(FUDE_GOLDEN_DIR "/images/geninfo_0.png");
  std::vector<std::byte> claim(file->bytes().begin(), file->bytes().end());
  const unsigned char header[] = {0x00, 0x00, 0x3E, 0x80, 0x00, 0x00, 0x1F, 0x40, 0x08, 0x00, 0x00, 0x00, 0x00};
  for (std::size_t i = 0; i < sizeof(header); ++i) claim[16 + i] = std::byte{header[i]};
  const unsigned char sum[] = {0x1C, 0x37, 0xAC, 0x9E};
  for (std::size_t i = 0; i < sizeof(sum); ++i) claim[29 + i] = std::byte{sum[i]};
  try {
    decode_png(claim);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "'picture' is a damaged PNG picture: the file is too small for its pixels");
  }
}

TEST(ReadPng, NamesTheFile) {
  try {
    read_png("/nowhere/a.png");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_NE(std::string(error.what()).find("/nowhere/a.png"), std::string::npos);
  }
}

}  // namespace
}  // namespace fude::io
