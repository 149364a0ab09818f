#include "prompt/attention.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "golden_cases.h"

namespace fude::prompt {
namespace {

using Pieces = std::vector<AttentionPiece>;

TEST(ParseAttention, MatchesGolden) {
  for (const auto& expected : golden_cases("prompt_parser.json", "attention")) {
    Pieces pieces;
    for (const auto& piece : expected.at("result")) pieces.push_back({piece.at(0), piece.at(1)});
    EXPECT_EQ(parse_attention(expected.at("text").get<std::string>()), pieces) << expected;
  }
}

TEST(ParseAttention, TakesBracketsAsTextWithoutEmphasis) {
  EXPECT_EQ(parse_attention("(a:1.2) BREAK [b]", Emphasis::kNone), (Pieces{{"(a:1.2) BREAK [b]", 1.0}}));
}

TEST(ParseAttention, KnowsBreakFromAWeightedWord) {
  EXPECT_TRUE(parse_attention("a BREAK b")[1].is_break());
  EXPECT_FALSE(parse_attention("(a BREAK b:1.2)")[1].is_break());
}

TEST(ParseAttention, TakesAMalformedWeightAsText) {
  EXPECT_EQ(parse_attention("(a:1.2.3)"), (Pieces{{"a:1.2.3", 1.1}}));
  EXPECT_EQ(parse_attention("(a:.)"), (Pieces{{"a:.", 1.1}}));
  EXPECT_EQ(parse_attention("(a:+)"), (Pieces{{"a:+", 1.1}}));
}

TEST(ParseAttention, ReadsDigitsAndSpacesOfAnyScript) {
  EXPECT_EQ(parse_attention("(a:\xE3\x80\x80１.５)"), (Pieces{{"a", 1.5}}));
}

TEST(ParseAttention, IgnoresWeightBeyondTheDeepestNesting) {
  const std::string open(100'000, '(');
  const std::string close(100'000, ')');
  const Pieces pieces = parse_attention(open + "a" + close + "b");
  ASSERT_EQ(pieces.size(), 2u);
  EXPECT_EQ(pieces[0].text, "a");
  EXPECT_EQ(pieces[1], (AttentionPiece{"b", 1.0}));
  EXPECT_EQ(parse_attention(open + "a").size(), 1u);
}

TEST(ParseEmphasis, ReadsTheNamesOfTheSetting) {
  EXPECT_EQ(parse_emphasis("Original"), Emphasis::kOriginal);
  EXPECT_EQ(parse_emphasis("No norm"), Emphasis::kNoNorm);
  EXPECT_EQ(parse_emphasis("no-norm"), Emphasis::kNoNorm);
  EXPECT_EQ(parse_emphasis("ignore"), Emphasis::kIgnore);
  EXPECT_EQ(parse_emphasis("NONE"), Emphasis::kNone);
  EXPECT_THROW(parse_emphasis("strong"), Error);
}

}  // namespace
}  // namespace fude::prompt
