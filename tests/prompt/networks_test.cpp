#include "prompt/networks.h"

#include <gmock/gmock.h>

namespace fude::prompt {
namespace {

using Tags = std::vector<NetworkTag>;

TEST(ExtractNetworks, TakesTagsOutInOrder) {
  const auto [text, networks] = extract_networks("a <lora:foo:0.8>, <hypernet:h:0.3>b<lora:x:te=0.5:dyn=4>");
  EXPECT_EQ(text, "a , b");
  EXPECT_EQ(networks, (Tags{{"lora", "foo", {"0.8"}}, {"hypernet", "h", {"0.3"}}, {"lora", "x", {"te=0.5", "dyn=4"}}}));
}

TEST(ExtractNetworks, LeavesWhatIsNoTag) {
  for (const char* text :
       {"", "a < lora:foo:1 >", "<notclosed:foo", "d<e>f", "<:a>", "<lora:>", "a > b < c", "<a b:c>"}) {
    EXPECT_EQ(extract_networks(text).text, text);
    EXPECT_TRUE(extract_networks(text).networks.empty()) << text;
  }
}

TEST(ExtractNetworks, TakesNamesWithAnyCharacters) {
  EXPECT_EQ(extract_networks("<lora:name with <space 猫:0.5>").networks,
            (Tags{{"lora", "name with <space 猫", {"0.5"}}}));
  EXPECT_EQ(extract_networks("<lora:a::>").networks, (Tags{{"lora", "a", {"", ""}}}));
}

TEST(ExtractNetworks, TakesManyBeginnings) {
  std::string text;
  while (text.size() < 1 << 18) text += "<lora:";
  EXPECT_EQ(extract_networks(text).text, text);
}

TEST(StripComments, RemovesLinesAndEndsOfLines) {
  EXPECT_EQ(strip_comments("cat # striped\ndog"), "cat \ndog");
  EXPECT_EQ(strip_comments("# first\ncat"), "\ncat");
  EXPECT_EQ(strip_comments("cat\n# second\ndog"), "cat\ndog");
  EXPECT_EQ(strip_comments("cat\n# one\n# two\ndog"), "cat\n\ndog");
  EXPECT_EQ(strip_comments("#ff00aa"), "\n");
  EXPECT_EQ(strip_comments("plain\ntext"), "plain\ntext");
}

}  // namespace
}  // namespace fude::prompt
