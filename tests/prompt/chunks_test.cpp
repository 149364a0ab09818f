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

}  // namespace
}  // namespace fude::prompt
