#include "tokenizers/clip_tokenizer.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace fude::tokenizers {
namespace {

using Ids = std::vector<std::int32_t>;

nlohmann::json golden_cases() {
  std::ifstream file(FUDE_GOLDEN_DIR "/text/tokenizer.json");
  return nlohmann::json::parse(file).at("cases");
}

void expect_golden(const char* name, const ClipTokenizerOptions& options) {
  const ClipTokenizer tokenizer(options);
  for (const auto& expected : golden_cases()) {
    const auto text = expected.at("text").get<std::string>();
    EXPECT_EQ(tokenizer.encode(text), expected.at(name).get<Ids>()) << text;
  }
}

TEST(ClipTokenizer, MatchesHuggingFace) { expect_golden("hf", kSd1Tokenizer); }
TEST(ClipTokenizer, MatchesOpenClip) { expect_golden("open_clip", kSd2Tokenizer); }
TEST(ClipTokenizer, MatchesOpenAi) { expect_golden("openai", kOpenAiTokenizer); }

TEST(ClipTokenizer, ReadsSpecialTextsInsideWords) {
  const ClipTokenizer tokenizer;
  EXPECT_EQ(tokenizer.encode("a!<|endoftext|>"), (Ids{320, 256, ClipTokenizer::kEndId}));
  EXPECT_EQ(tokenizer.encode("<|startoftext|><|startoftext|"),
            (Ids{ClipTokenizer::kStartId, 27, 347, 993, 6659, 4160, 347}));
}

TEST(ClipTokenizer, TellsTheTextOfTokens) {
  std::string text;
  for (std::int32_t id : ClipTokenizer().encode("Supercalifragilistic 猫, sky")) text += ClipTokenizer::token_text(id);
  EXPECT_EQ(text, "supercalifragilistic 猫 , sky ");
  EXPECT_EQ(ClipTokenizer::token_text(ClipTokenizer::kEndId), "");
  EXPECT_EQ(ClipTokenizer::token_text(-1), "");
}

TEST(ClipTokenizer, TakesAnyBytes) {
  const ClipTokenizer tokenizer;
  EXPECT_EQ(tokenizer.encode("a\xFF"
                             "b"),
            tokenizer.encode("a\xEF\xBF\xBD"
                             "b"));
  EXPECT_EQ(tokenizer.encode(std::string("a\0b", 3)), tokenizer.encode("ab"));
  EXPECT_EQ(tokenizer.encode("\xC3"), tokenizer.encode("\xEF\xBF\xBD"));
}

TEST(ClipTokenizer, TakesVeryLongTexts) {
  const ClipTokenizer tokenizer(kSd2Tokenizer);
  for (const std::string part : {"<|endoftext|>", "&amp", "\xC3\x83\xC2\xA9 ", "\xCE\xA3'", "'", "\x1b[", "Ã "}) {
    std::string text;
    while (text.size() < 1 << 18) text += part;
    EXPECT_FALSE(tokenizer.encode(text).empty()) << part;
  }
}

}  // namespace
}  // namespace fude::tokenizers
