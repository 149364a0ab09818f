#include "prompt/chunks.h"

#include <gmock/gmock.h>

#include "golden_cases.h"

namespace fude::prompt {
namespace {

using tokenizers::ClipTokenizer;

TEST(ChunkText, MatchesGolden) {
  const ClipTokenizer sd1(tokenizers::kSd1Tokenizer);
  const ClipTokenizer sd2(tokenizers::kSd2Tokenizer);
  for (const auto& expected : golden_cases("chunks.json", "cases")) {
    const auto text = expected.at("text").get<std::string>();
    const ChunkOptions options{.comma_padding_backtrack = expected.at("comma_padding_backtrack")};
    const ChunkedText chunked = chunk_text(text, expected.at("tokenizer") == "sd1" ? sd1 : sd2, options);
    EXPECT_EQ(chunked.token_count, expected.at("token_count").get<std::size_t>()) << text;
    ASSERT_EQ(chunked.chunks.size(), expected.at("chunks").size()) << text;
    for (std::size_t i = 0; i < chunked.chunks.size(); ++i) {
      EXPECT_EQ(nlohmann::json(chunked.chunks[i].tokens), expected.at("chunks").at(i).at("tokens")) << text;
      EXPECT_EQ(nlohmann::json(chunked.chunks[i].multipliers), expected.at("chunks").at(i).at("multipliers")) << text;
    }
  }
}

TEST(ChunkText, GivesOneChunkForNothing) {
  const ChunkedText chunked = chunk_text("", ClipTokenizer());
  ASSERT_EQ(chunked.chunks.size(), 1u);
  EXPECT_EQ(chunked.token_count, 0u);
  EXPECT_EQ(chunked.chunks[0].tokens[0], ClipTokenizer::kStartId);
  EXPECT_EQ(chunked.chunks[0].tokens[1], ClipTokenizer::kEndId);
}

TEST(ChunkText, KeepsWeightsWhenEmphasisIsIgnored) {
  EXPECT_EQ(chunk_text("(a:1.5)", ClipTokenizer(), {.emphasis = Emphasis::kIgnore}).chunks[0].multipliers[1], 1.5);
}

TEST(ChunkText, TakesBreakAsTextWithoutEmphasis) {
  EXPECT_EQ(chunk_text("a BREAK b", ClipTokenizer(), {.emphasis = Emphasis::kNone}).chunks.size(), 1u);
}

class CustomWords : public ::testing::Test {
 protected:
  ClipTokenizer tokenizer_;
  std::vector<CustomWord> words_;

  void define(const std::string& name, std::size_t vectors) {
    words_.push_back({.tokens = tokenizer_.encode(name), .vectors = vectors});
  }

  ChunkedText chunk(const std::string& text, int backtrack = 20) const {
    return chunk_text(text, tokenizer_, {.comma_padding_backtrack = backtrack, .words = words_});
  }
};

TEST_F(CustomWords, TakeAsManyTokensAsTheyHaveVectors) {
  define("myemb", 3);
  const TokenChunk found = chunk("a (myemb:1.5) b").chunks.at(0);
  EXPECT_EQ(found.words, (std::vector<WordPlace>{{.position = 2, .word = 0}}));
  EXPECT_EQ(found.tokens[1], tokenizer_.encode("a").at(0));
  EXPECT_EQ(found.tokens[2], 0);
  EXPECT_EQ(found.tokens[4], 0);
  EXPECT_EQ(found.tokens[5], tokenizer_.encode("b").at(0));
  EXPECT_EQ(found.multipliers[4], 1.5);
  EXPECT_EQ(found.multipliers[5], 1.0);
}

TEST_F(CustomWords, AreFoundWithAnyCapitalsAndWithoutSpaces) {
  define("style-x", 1);
  EXPECT_EQ(chunk("STYLE-X").chunks[0].words.size(), 1u);
  EXPECT_EQ(chunk("style-x style-x").chunks[0].words.size(), 2u);
  EXPECT_EQ(chunk("style-y").chunks[0].words.size(), 0u);
}

TEST_F(CustomWords, PreferTheLongestName) {
  define("red", 1);
  define("red dress", 2);
  EXPECT_EQ(chunk("a red dress").chunks[0].words, (std::vector<WordPlace>{{.position = 2, .word = 1}}));
  EXPECT_EQ(chunk("a red hat").chunks[0].words, (std::vector<WordPlace>{{.position = 2, .word = 0}}));
}

TEST_F(CustomWords, AreNotSplitBetweenChunks) {
  define("myemb", 3);
  std::string text;
  for (int i = 0; i < 73; ++i) text += "w ";
  const ChunkedText chunked = chunk(text + "myemb end");
  ASSERT_EQ(chunked.chunks.size(), 2u);
  EXPECT_EQ(chunked.chunks[0].tokens[74], ClipTokenizer::kEndId);
  EXPECT_EQ(chunked.chunks[1].words, (std::vector<WordPlace>{{.position = 1, .word = 0}}));
  EXPECT_EQ(chunked.token_count, 75u + 4u);
}

TEST_F(CustomWords, MoveOnWithTheTextAfterTheLastComma) {
  define("myemb", 3);
  std::string text;
  for (int i = 0; i < 69; ++i) text += "w ";
  const ChunkedText chunked = chunk(text + ", myemb w w w");
  ASSERT_EQ(chunked.chunks.size(), 2u);
  EXPECT_TRUE(chunked.chunks[0].words.empty());
  EXPECT_EQ(chunked.chunks[1].words, (std::vector<WordPlace>{{.position = 1, .word = 0}}));
}

}  // namespace
}  // namespace fude::prompt
