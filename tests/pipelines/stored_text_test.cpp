#include "pipelines/stored_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "io/images/digital_source.h"
#include "io/images/picture_encoder.h"
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

TEST(ReadStoredText, ReadsJpegAndWebp) {
  for (const io::PictureFormat format : {io::PictureFormat::kJpeg, io::PictureFormat::kWebp}) {
    const auto file = io::encode_picture(kDot, {.format = format},
                                         {.texts = {{"parameters", "猫\nSteps: 20, Seed: 7, Size: 1x1"}},
                                          .xmp = io::source_packet(io::DigitalSource::kGenerated)});
    const StoredText stored = read_stored_text(file, "picture");
    EXPECT_EQ(stored.infotext, "猫\nSteps: 20, Seed: 7, Size: 1x1");
    EXPECT_THAT(stored.others, IsEmpty());
    EXPECT_THAT(stored.warnings, IsEmpty());
  }
}

TEST(ReadStoredText, PassesOverTheMarkOfItsMaking) {
  const auto file = io::encode_picture(
      kDot, {}, {.texts = {{"parameters", "a cat"}}, .xmp = io::source_packet(io::DigitalSource::kGenerated)});
  const StoredText stored = read_stored_text(file, "picture");
  EXPECT_EQ(stored.infotext, "a cat");
  EXPECT_THAT(stored.others, IsEmpty());
}

TEST(ReadStoredText, MakesAnInfotextOfAnotherProgramsTexts) {
  const std::vector<io::PngText> texts{{"Software", "NovelAI"},
                                       {"Description", "1girl"},
                                       {"Comment", R"({"steps": 28, "sampler": "k_euler", "seed": 9, "scale": 5})"}};
  const StoredText stored = read_stored_text(io::encode_png(kDot, texts), "picture");
  EXPECT_EQ(stored.program, "NovelAI");
  EXPECT_THAT(*stored.infotext, StartsWith("1girl\nSteps: 28, Sampler: Euler, CFG scale: 5, Seed: 9, Size: 1x1"));
  EXPECT_THAT(stored.others, SizeIs(3));
  ASSERT_THAT(stored.warnings, SizeIs(1));
  EXPECT_THAT(stored.warnings.front(), HasSubstr("made by NovelAI"));
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
  std::ofstream(folder / "a.gif", std::ios::binary) << "GIF89a" << std::string(10, '\0');
  std::ofstream(folder / "a.bin", std::ios::binary) << std::string(10, '\0');
  const auto refusal = [&](const char* name) {
    return tests::refusal(ErrorCode::kCorruptFile, [&] { read_stored_text(folder / name); });
  };
  EXPECT_THAT(refusal("a.gif"), HasSubstr("is a GIF picture, expected a PNG, JPEG or WebP picture or a text file"));
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
