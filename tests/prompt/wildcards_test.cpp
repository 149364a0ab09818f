#include "prompt/wildcards.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace fude::prompt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class WildcardFolder : public testing::Test {
 protected:
  void write(const std::string& name, std::string_view text) {
    const std::filesystem::path path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  Wildcards load() { return Wildcards::in_folder(folder_.path()); }

  tests::TemporaryFolder folder_;
};

TEST_F(WildcardFolder, ReadsTextFiles) {
  write("hair.txt", "\xEF\xBB\xBF# styles\r\nlong hair\r\n\r\n 0.5::bob cut # rare\r\nlong hair\r\n");
  Wildcards wildcards = load();
  EXPECT_THAT(wildcards.values("hair"), ElementsAre(WildcardValue{"bob cut", 0.5}, WildcardValue{"long hair", 1}));
  EXPECT_THAT(wildcards.values("Hair"), testing::SizeIs(2));
  EXPECT_THAT(wildcards.values("hai"), IsEmpty());
}

TEST_F(WildcardFolder, NamesListsByTheirFolders) {
  write("a/warm.txt", "red\norange");
  write("a/b/cold.txt", "blue\nred");
  write("other.md", "no list");
  Wildcards wildcards = load();
  EXPECT_THAT(wildcards.names(), ElementsAre("a/b/cold", "a/warm"));
  EXPECT_THAT(wildcards.values("a/*"),
              ElementsAre(WildcardValue{"blue"}, WildcardValue{"orange"}, WildcardValue{"red"}));
  EXPECT_THAT(wildcards.values("a/**"), testing::SizeIs(3));
  EXPECT_THAT(wildcards.values("a/w*"), testing::SizeIs(2));
}

TEST_F(WildcardFolder, ReadsYamlAndJson) {
  write("any.yaml", "clothes:\n  shoes: [boots, clogs]\n");
  write("more.json", R"({"clothes": {"hats": ["cap"]}})");
  write("clothes/shoes.txt", "sandals");
  Wildcards wildcards = load();
  EXPECT_THAT(wildcards.names(), ElementsAre("clothes/hats", "clothes/shoes"));
  EXPECT_THAT(wildcards.values("clothes/shoes"), testing::SizeIs(3));
}

TEST_F(WildcardFolder, WarnsOfFilesThatCannotBeRead) {
  write("broken.yaml", "a: [b\nc");
  write("empty.txt", "");
  Wildcards wildcards = load();
  EXPECT_THAT(wildcards.values("empty"), IsEmpty());
  EXPECT_THAT(wildcards.warnings(), ElementsAre(HasSubstr("broken.yaml"), HasSubstr("empty.txt")));
}

TEST(Wildcards, HaveNothingWithoutAFolder) { EXPECT_THAT(Wildcards::in_folder("/no/such/folder").names(), IsEmpty()); }

TEST(ParseWildcardValue, ReadsOnlyNumbersAsWeights) {
  EXPECT_EQ(parse_wildcard_value(" 2::red "), (WildcardValue{"red", 2}));
  EXPECT_EQ(parse_wildcard_value("::red"), (WildcardValue{"::red", 1}));
  EXPECT_EQ(parse_wildcard_value("a::red"), (WildcardValue{"a::red", 1}));
  EXPECT_EQ(parse_wildcard_value("-1::red"), (WildcardValue{"-1::red", 1}));
  EXPECT_EQ(parse_wildcard_value("{2::a|b}"), (WildcardValue{"{2::a|b}", 1}));
}

TEST(MatchesPattern, KnowsStarsAndQuestionMarks) {
  EXPECT_TRUE(matches_pattern("a*c*e", "abcde"));
  EXPECT_TRUE(matches_pattern("**", ""));
  EXPECT_TRUE(matches_pattern("a?c", "abc"));
  EXPECT_FALSE(matches_pattern("a?c", "ac"));
  EXPECT_FALSE(matches_pattern("a*b", "abc"));
  EXPECT_TRUE(matches_pattern("*ab*ab", "aababaab"));
  std::string stars;
  for (int i = 0; i < 1000; ++i) stars += "*a";
  EXPECT_FALSE(matches_pattern(stars + "b", std::string(20'000, 'a')));
}

}  // namespace
}  // namespace fude::prompt
