#include "service/search_text.h"

#include <gmock/gmock.h>

#include <limits>

namespace fude::service {
namespace {

using Field = SearchTerm::Field;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

SearchTerm words(const std::string& text, Field field = Field::kAny) { return {.field = field, .words = text}; }
SearchTerm numbers(Field field, std::int64_t low, std::int64_t high) {
  return {.field = field, .low = low, .high = high};
}

TEST(SearchText, PartsWordsAtSpacesAndCommas) {
  EXPECT_THAT(parse_search_text("red sky,hat"), ElementsAre(words("red"), words("sky"), words("hat")));
  EXPECT_THAT(parse_search_text("青い空　雲、海"), ElementsAre(words("青い空"), words("雲"), words("海")));
  EXPECT_THAT(parse_search_text("  , "), IsEmpty());
}

TEST(SearchText, KeepsPhrasesTogether) {
  SearchTerm phrase = words("red sky");
  phrase.is_whole = true;
  EXPECT_THAT(parse_search_text("\"red sky\" hat"), ElementsAre(phrase, words("hat")));
  EXPECT_THAT(parse_search_text("“red sky” hat"), ElementsAre(phrase, words("hat")));
  EXPECT_THAT(parse_search_text("\"red sk"), ElementsAre(words("red sk")));  // still being typed
}

TEST(SearchText, Excludes) {
  SearchTerm rain = words("rain");
  rain.is_excluded = true;
  EXPECT_THAT(parse_search_text("sky -rain"), ElementsAre(words("sky"), rain));
  EXPECT_THAT(parse_search_text("-"), IsEmpty());
}

TEST(SearchText, LooksInFields) {
  EXPECT_THAT(parse_search_text("prompt:sky Model:hajime lora:ink"),
              ElementsAre(words("sky", Field::kPrompt), words("hajime", Field::kModel), words("ink", Field::kAdapter)));
  SearchTerm tag = words("blue sky", Field::kTag);
  tag.is_whole = true;
  EXPECT_THAT(parse_search_text("tag:\"blue sky\""), ElementsAre(tag));
  EXPECT_THAT(parse_search_text("model："), IsEmpty());  // its value is still to come
}

TEST(SearchText, ReadsNumbers) {
  EXPECT_THAT(parse_search_text("seed:7 job:3"), ElementsAre(numbers(Field::kSeed, 7, 7), numbers(Field::kJob, 3, 3)));
  EXPECT_THAT(parse_search_text("rating:>=3"), ElementsAre(numbers(Field::kRating, 3, kHighest)));
  EXPECT_THAT(parse_search_text("rating:4+"), ElementsAre(numbers(Field::kRating, 4, kHighest)));
  EXPECT_THAT(parse_search_text("rating:<3"), ElementsAre(numbers(Field::kRating, kLowest, 2)));
  EXPECT_THAT(parse_search_text("rating:2..4"), ElementsAre(numbers(Field::kRating, 2, 4)));
  EXPECT_THAT(parse_search_text("rating：＞＝３"), ElementsAre(numbers(Field::kRating, 3, kHighest)));
}

TEST(SearchText, ReadsSizes) {
  EXPECT_THAT(parse_search_text("size:512x768"), ElementsAre(words("512x768", Field::kSize)));
  EXPECT_THAT(parse_search_text("size:512×768"), ElementsAre(words("512x768", Field::kSize)));
}

TEST(SearchText, ReadsDatesAsDaysMonthsAndYears) {
  const auto length = [](const std::string& text) {
    const auto terms = parse_search_text(text);
    EXPECT_EQ(terms.size(), 1u) << text;
    return terms.empty() ? 0 : (terms[0].high - terms[0].low + 1) / 3'600'000;
  };
  EXPECT_EQ(length("date:2026-01-15"), 24);
  EXPECT_EQ(length("date:2026/01"), 31 * 24);
  EXPECT_EQ(length("date:2026"), 365 * 24);
  EXPECT_EQ(length("date:2026-01-01..2026-01-03"), 3 * 24);
  EXPECT_EQ(parse_search_text("date:>=2026-01-15")[0].high, kHighest);
}

TEST(SearchText, TakesWhatMakesNoSenseAsWords) {
  EXPECT_THAT(parse_search_text("rating:good"), ElementsAre(words("rating good")));
  EXPECT_THAT(parse_search_text("seed:99999999999999999999"), ElementsAre(words("seed 99999999999999999999")));
  EXPECT_THAT(parse_search_text("date:2026-13-01"), ElementsAre(words("date 2026-13-01")));
  EXPECT_THAT(parse_search_text("size:big"), ElementsAre(words("size big")));
  EXPECT_THAT(parse_search_text("score:9"), ElementsAre(words("score:9")));
  EXPECT_THAT(parse_search_text("(hat:1.2)"), ElementsAre(words("(hat:1.2)")));
}

TEST(SearchText, EndsSomewhere) {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += "a ";
  EXPECT_EQ(parse_search_text(text).size(), 64u);
}

}  // namespace
}  // namespace fude::service
