#include "io/images/exif.h"

#include <gtest/gtest.h>

#include "tests/io/images/sample_pictures.h"

namespace fude::io {
namespace {

using tests::bytes_of_hex;

TEST(Exif, BringsBackEveryComment) {
  for (const std::string_view text :
       {"plain words, 7", "桜の木の下 \xF0\x9F\x8C\xB8\nSteps: 20, Sampler: Euler a", ""}) {
    EXPECT_EQ(read_exif(write_exif(text)).user_comment, text);
  }
}

// The bytes that piexif, which the web UI writes with, makes of the same text (without its leading "Exif").
TEST(Exif, WritesWhatTheReferenceWrites) {
  EXPECT_EQ(write_exif("a\xE7\xAD\x86"), bytes_of_hex("4D4D002A00000008"
                                                      "000187690004000000010000001A00000000"
                                                      "0001928600070000000C00000028"
                                                      "554E49434F444500"
                                                      "00617B46"));
}

TEST(Exif, ReadsCommentsOfOtherPrograms) {
  const auto comment = [](std::string_view mark, std::string_view text) {
    const std::string head = "4D4D002A0000000800019286000700000020" + std::string("0000001A00000000");
    return read_exif(bytes_of_hex(head + std::string(mark) + std::string(text))).user_comment;
  };
  // 32 bytes each: eight of mark, then "Steps: 20", padded.
  const std::string_view ascii = "53746570733A203230000000000000000000000000000000";
  EXPECT_EQ(comment("4153434949000000", ascii), "Steps: 20");
  EXPECT_EQ(comment("4A49530000000000", ascii), "Steps: 20");
  EXPECT_EQ(comment("0000000000000000", ascii), "Steps: 20");
  EXPECT_EQ(comment("7878787878787878", ascii), "xxxxxxxxSteps: 20");
  EXPECT_EQ(comment("554E49434F444500",
                    "5300740065007000730000000000000000000000000000"
                    "00"),
            "Steps");
}

TEST(Exif, ReadsOrientationAndTextsInBothByteOrders) {
  const Exif little =
      read_exif(bytes_of_hex("49492A0008000000"
                             "0200"
                             "1201030001000000"
                             "06000000"
                             "3101020003000000"
                             "68690000"
                             "00000000"));
  EXPECT_EQ(little.orientation, 6);
  EXPECT_EQ(little.texts.at(kSoftware), "hi");
  EXPECT_EQ(read_exif(bytes_of_hex("4D4D002A00000008"
                                   "0001"
                                   "0112000300000001"
                                   "00090000"
                                   "00000000"))
                .orientation,
            1);
}

TEST(Exif, PassesOverWhatLeavesTheBlock) {
  const std::vector<std::byte> block = write_exif("some words that matter");
  for (std::size_t size = 0; size < block.size(); ++size) {
    EXPECT_FALSE(read_exif(std::span(block).first(size)).user_comment.value_or("").starts_with("some words")) << size;
  }
}

}  // namespace
}  // namespace fude::io
