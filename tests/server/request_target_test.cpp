#include "server/request_target.h"

#include <gtest/gtest.h>

namespace fude::server {
namespace {

TEST(RequestTarget, TellsPathAndQueryApart) {
  const auto target = parse_target("/a%2Fb/c?text=%E7%AD%86+ink&empty&x=1=2&&");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a%2Fb/c");
  EXPECT_EQ(target->query.find("text")->second, "筆 ink");
  EXPECT_EQ(target->query.find("empty")->second, "");
  EXPECT_EQ(target->query.find("x")->second, "1=2");
  EXPECT_EQ(target->query.size(), 3u);
}

TEST(RequestTarget, RefusesWhatIsNoPathOfOurs) {
  for (const char* target : {"", "a", "http://elsewhere/", "*", "/%", "/%4", "/%gg", "/%00", "/%01", "/%ff",
                             "/%ed%a0%80", "/a?b=%fe", "/a?%00=1", "/\xff"}) {
    EXPECT_FALSE(parse_target(target)) << target;
  }
}

TEST(PercentDecoded, PlusIsASpaceOnlyInQueries) {
  EXPECT_EQ(percent_decoded("a+b"), "a+b");
  EXPECT_EQ(percent_decoded("a+b", Plus::kIsSpace), "a b");
}

TEST(PercentEncoded, ComesBackWhenItIsDecoded) {
  const std::string text = "筆/ 100% & a+b?";
  EXPECT_EQ(percent_decoded(percent_encoded(text)), text);
  EXPECT_EQ(percent_encoded("a/b"), "a%2Fb");
}

TEST(IsUtf8, KnowsTheReplacementCharacterAsAGoodOne) {
  EXPECT_TRUE(is_utf8("\xEF\xBF\xBD"));
  EXPECT_FALSE(is_utf8("\xEF\xBF"));
  EXPECT_FALSE(is_utf8("\xC0\x80"));
}

}  // namespace
}  // namespace fude::server
