#include "pipelines/stored_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "io/images/png_file.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::pipelines {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

const io::Image kDot{.width = 1, .height = 1, .channels = 1, .pixels = {9}};

TEST(ReadStoredText, ReadsPictures) {
  const tests::TemporaryFolder folder;
  const std::vector<io::PngText> texts{{"Software", "other"}, {"parameters", "猫"}, {"parameters", "second"}};
  io::write_png(folder / "a.png", kDot, texts);
  const StoredText stored = read_stored_text(folder / "a.png");
  EXPECT_EQ(stored.infotext, "猫");
  EXPECT_THAT(stored.others, SizeIs(2));
  EXPECT_THAT(stored.warnings, IsEmpty());
  EXPECT_THAT(read_infotext_of(FUDE_GOLDEN_DIR "/images/geninfo_0.png"), StartsWith("a cat\n"));
}

TEST(ReadStoredText, ReadsPicturesInMemory) {
  const std::vector<io::PngText> texts{{"parameters", "猫"}};
  EXPECT_EQ(read_stored_text(io::encode_png(kDot, texts), "picture").infotext, "猫");
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [] { read_stored_text(std::vector<std::byte>(9), "it"); }),
              HasSubstr("'it' is neither"));
}

TEST(ReadStoredText, ReadsTextFiles) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "a.txt") << "\xEF\xBB\xBF"
                                  << "a cat\xFF";
  EXPECT_EQ(read_stored_text(folder / "a.txt").infotext, "a cat\uFFFD");
}

TEST(ReadStoredText, WarnsOfDamageButKeepsTheText) {
  const tests::TemporaryFolder folder;
  io::write_png(folder / "a.png", kDot, std::vector<io::PngText>{{"parameters", "a cat"}});
  std::filesystem::resize_file(folder / "a.png", std::filesystem::file_size(folder / "a.png") - 20);
  const StoredText stored = read_stored_text(folder / "a.png");
  EXPECT_EQ(stored.infotext, "a cat");
  EXPECT_THAT(stored.warnings, SizeIs(1));
}

TEST(ReadStoredText, RefusesOtherFiles) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "a.jpg", std::ios::binary) << "\xFF\xD8\xFF" << std::string(10, '\0');
  std::ofstream(folder / "a.bin", std::ios::binary) << std::string(10, '\0');
  const auto refusal = [&](const char* name) {
    return tests::refusal(ErrorCode::kCorruptFile, [&] { read_stored_text(folder / name); });
  };
  EXPECT_THAT(refusal("a.jpg"), HasSubstr("is a JPEG picture, expected a PNG picture"));
  EXPECT_THAT(refusal("a.bin"), HasSubstr("neither picture nor text"));
  tests::refusal(ErrorCode::kNotFound, [&] { read_stored_text(folder / "missing"); });
}

TEST(ReadInfotextOf, SaysWhenThereIsNone) {
  const tests::TemporaryFolder folder;
  io::write_png(folder / "a.png", kDot);
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [&] { read_infotext_of(folder / "a.png"); }),
              HasSubstr("does not say how it was made"));
}

}  // namespace
}  // namespace fude::pipelines
