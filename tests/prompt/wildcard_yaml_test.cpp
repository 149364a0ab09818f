#include "prompt/wildcard_yaml.h"

#include <gmock/gmock.h>

#include "core/error.h"

namespace fude::prompt {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

using Values = std::vector<WildcardValue>;

std::map<std::string, Values> lists_of(std::string_view text) {
  std::map<std::string, Values> lists;
  for (WildcardList& list : read_yaml_lists(text, "root")) lists[list.name] = std::move(list.values);
  return lists;
}

TEST(ReadYamlLists, MakesPathsOfKeys) {
  const auto lists = lists_of(
      "hair:\n"
      "  short: [bob cut, 0.5::pixie cut]\n"
      "  long:\n"
      "    - {text: ponytail, weight: 2}\n"
      "    - |\n"
      "      # a note\n"
      "      loose hair,\n"
      "      windy\n"
      "eyes: blue\n"
      "top:\n"
      "- a\n");
  EXPECT_EQ(lists.at("hair/short"), (Values{{"bob cut", 1}, {"pixie cut", 0.5}}));
  EXPECT_EQ(lists.at("hair/long"), (Values{{"ponytail", 2}, {"loose hair,\nwindy", 1}}));
  EXPECT_EQ(lists.at("eyes"), (Values{{"blue", 1}}));
  EXPECT_EQ(lists.at("top"), (Values{{"a", 1}}));
  EXPECT_EQ(lists.size(), 4u);
}

TEST(ReadYamlLists, NamesAListByTheFile) { EXPECT_EQ(lists_of("- a\n- b").at("root"), (Values{{"a"}, {"b"}})); }

TEST(ReadYamlLists, ReadsJson) {
  EXPECT_EQ(lists_of(R"({"a": {"b": ["c", "{d|e}"]}})").at("a/b"), (Values{{"c"}, {"{d|e}"}}));
}

TEST(ReadYamlLists, LeavesOutWhatIsNoValue) {
  EXPECT_THAT(lists_of(""), IsEmpty());
  EXPECT_THAT(lists_of("a:\nb: ~\nc: []\n"), IsEmpty());
  EXPECT_EQ(lists_of("? [x, y]\n: [z]\na: [b, [c, d], {e: f}]\nlast: [g]"),
            (std::map<std::string, Values>{{"a", {{"b"}}}, {"last", {{"g"}}}}));
}

TEST(ReadYamlLists, FollowsNoAliases) {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 60; ++i) bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}]\n", i, i - 1);
  EXPECT_EQ(lists_of(bomb).size(), 1u);
}

TEST(ReadYamlLists, RefusesBrokenText) {
  try {
    lists_of("a:\n  - [b\nc: d");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorruptFile);
    EXPECT_THAT(error.what(), HasSubstr("line "));
  }
}

TEST(ReadYamlLists, BoundsThePath) {
  std::string deep;
  for (int i = 0; i < 500; ++i) deep += "{a: ";
  EXPECT_THAT(lists_of(deep + "[x]" + std::string(500, '}')), IsEmpty());
}

TEST(ReadYamlLists, RefusesNestingWithoutEnd) { EXPECT_THROW(lists_of(std::string(200'000, '[')), Error); }

}  // namespace
}  // namespace fude::prompt
