#include "prompt/networks.h"

#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

namespace fude::prompt {
namespace {

using Tags = std::vector<NetworkTag>;

TEST(ExtractNetworks, MatchesGolden) {
  std::ifstream file(FUDE_GOLDEN_DIR "/images/infotext.json");
  const auto golden = nlohmann::json::parse(file);
  for (const auto& expected : golden.at("extra_networks")) {
    const auto [text, networks] = extract_networks(expected.at("text").get<std::string>());
    EXPECT_EQ(text, expected.at("prompt").get<std::string>());
    std::map<std::string, std::vector<std::vector<std::string>>> items;
    for (const NetworkTag& tag : networks) {
      items[tag.kind].push_back({tag.name});
      items[tag.kind].back().insert(items[tag.kind].back().end(), tag.args.begin(), tag.args.end());
    }
    EXPECT_EQ(items.size(), expected.at("networks").size());
    for (const auto& [kind, tags] : expected.at("networks").items()) {
      ASSERT_EQ(items[kind].size(), tags.size());
      for (std::size_t i = 0; i < tags.size(); ++i) EXPECT_EQ(nlohmann::json(items[kind][i]), tags[i].at("items"));
    }
  }
}

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
