#include "io/zip_archive.h"

#include <gmock/gmock.h>

#include "tests/support/checkpoint_writer.h"
#include "tests/support/refusal.h"

namespace fude::io {
namespace {

using ::testing::HasSubstr;

ZipArchive open(const std::string& file) { return ZipArchive(std::as_bytes(std::span(file)), "a.ckpt"); }

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string refusal(const std::string& file) {
  return tests::refusal(ErrorCode::kCorruptFile, [&] { open(file); });
}

const std::vector<tests::ZipMember> kMembers{{"a/one", "first"}, {"a/two", std::string(5000, 'x'), true}, {"b", ""}};

TEST(ZipArchive, FindsStoredAndDeflatedEntries) {
  for (const bool is_zip64 : {false, true}) {
    const std::string file = tests::zip_archive(kMembers, {.is_zip64 = is_zip64});
    const ZipArchive archive = open(file);
    ASSERT_EQ(archive.entries().size(), 3u);
    const ZipArchive::Entry& stored = archive.entries().at("a/one");
    EXPECT_FALSE(stored.is_deflated);
    EXPECT_EQ(text_of(stored.bytes), "first");
    EXPECT_GE(reinterpret_cast<const char*>(stored.bytes.data()), file.data()) << "was copied";
    EXPECT_TRUE(archive.entries().at("a/two").is_deflated);
    EXPECT_EQ(text_of(archive.inflate("a/two")), std::string(5000, 'x'));
    EXPECT_TRUE(archive.entries().at("b").bytes.empty());
  }
}

TEST(ZipArchive, AcceptsAComment) {
  std::string file = tests::zip_archive(kMembers);
  file[file.size() - 2] = 5;
  EXPECT_EQ(open(file + "hello").entries().size(), 3u);
}

TEST(ZipArchive, RefusesTruncationAtEveryByte) {
  for (const bool is_zip64 : {false, true}) {
    const std::string file = tests::zip_archive({{"a/one", "first"}}, {.is_zip64 = is_zip64});
    for (std::size_t size = 0; size < file.size(); ++size) EXPECT_NE(refusal(file.substr(0, size)), "") << size;
  }
}

TEST(ZipArchive, RefusesTrailingBytesAndRepeatedNames) {
  EXPECT_THAT(refusal(tests::zip_archive(kMembers) + "x"), HasSubstr("no end record"));
  EXPECT_THAT(refusal(tests::zip_archive({{"a", "1"}, {"a", "2"}})), HasSubstr("listed twice"));
}

TEST(ZipArchive, RefusesDamageToAnyFieldOfTheDirectory) {
  const std::string file = tests::zip_archive({{"name", "first"}});
  const std::size_t directory = file.find("PK\x01\x02");
  const auto changed = [&](std::size_t offset, char value) {
    std::string copy = file;
    copy[directory + offset] = value;
    return refusal(copy);
  };
  EXPECT_THAT(changed(0, 'X'), HasSubstr("damaged directory"));
  EXPECT_THAT(changed(8, 1), HasSubstr("is encrypted"));
  EXPECT_THAT(changed(10, 12), HasSubstr("compression method 12"));
  EXPECT_THAT(changed(20, 6), HasSubstr("6 bytes, expected 5"));
  EXPECT_THAT(changed(28, 100), HasSubstr("cut short"));
  EXPECT_THAT(changed(42, 1), HasSubstr("no local header at byte 1, expected one"));
  EXPECT_THAT(changed(45, 127), HasSubstr("expected a range within"));
  EXPECT_THAT(changed(46, 'N'), HasSubstr("another name"));
}

TEST(ZipArchive, RefusesContentOfAnotherSizeThanSaid) {
  const std::string file = tests::zip_archive({{"a", std::string(5000, 'x'), true}});
  const std::size_t directory = file.find("PK\x01\x02");
  for (const int change : {-1, 1}) {
    std::string copy = file;
    copy[directory + 24] = static_cast<char>(copy[directory + 24] + change);
    EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [&] { open(copy).inflate("a"); }), HasSubstr("inflates to"));
  }
}

TEST(ZipArchive, RefusesToInflateABomb) {
  std::string file = tests::zip_archive({{"a", std::string(5000, 'x'), true}});
  const std::size_t directory = file.find("PK\x01\x02");
  file.replace(directory + 24, 4, "\xf0\xff\xff\xff");
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [&] { open(file).inflate("a"); }),
              HasSubstr("inflates to 4294967280 bytes, expected at most"));
}

}  // namespace
}  // namespace fude::io
