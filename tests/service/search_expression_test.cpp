#include "service/search_expression.h"

#include <gmock/gmock.h>

#include "service/picture_words.h"

namespace fude::service {
namespace {

SearchExpression typed(const std::string& text) {
  PictureQuery query;
  query.text = text;
  return search_expression(query);
}

std::string key(KeyKind kind, const std::string& value) { return '"' + key_word(kind, value) + '"'; }

TEST(SearchExpression, IsEmptyForAllPictures) {
  EXPECT_EQ(typed("").match, "");
  EXPECT_EQ(typed("!!! model: -").match, "");
}

TEST(SearchExpression, JoinsWords) {
  EXPECT_EQ(typed("sky \"red hat\"").match, "(\"sky\" *) AND (\"red hat\")");
  EXPECT_EQ(typed("prompt:sky note:笑顔").match, "(prompt : \"sky\" *) AND (note : \"笑顔\")");
}

TEST(SearchExpression, ExcludesFromAllWhenNothingIsWanted) {
  EXPECT_EQ(typed("sky -rain -hat").match, "((\"sky\" *)) NOT ((\"rain\" *) OR (\"hat\" *))");
  EXPECT_EQ(typed("-rain").match, "(" + key(KeyKind::kAny, "") + ") NOT ((\"rain\" *))");
}

TEST(SearchExpression, AsksForExactValuesByKeys) {
  PictureQuery query;
  query.model = "Hajime";
  query.seed = 7;
  EXPECT_EQ(search_expression(query).match, key(KeyKind::kModel, "hajime") + " AND " + key(KeyKind::kSeed, "7"));
  EXPECT_EQ(typed("size:512x768").match, key(KeyKind::kSize, "512x768"));
}

TEST(SearchExpression, ChoosesStars) {
  EXPECT_EQ(typed("rating:>=4").match, "(" + key(KeyKind::kRating, "4") + " OR " + key(KeyKind::kRating, "5") + ")");
  EXPECT_EQ(typed("rating:>5").match, key(KeyKind::kRating, "none"));
  EXPECT_EQ(match_with_rating("x", 5, 5), "(x) AND (" + key(KeyKind::kRating, "5") + ")");
}

TEST(SearchExpression, NarrowsTimes) {
  PictureQuery query;
  query.from = 1000;
  query.until = 2000;
  EXPECT_EQ(search_expression(query).created.low, 1000);
  EXPECT_EQ(search_expression(query).created.high, 1999);
  query.text = "date:2020 -date:2021";
  EXPECT_GT(search_expression(query).created.low, search_expression(query).created.high);
  EXPECT_EQ(search_expression(query).not_created.size(), 1u);
}

}  // namespace
}  // namespace fude::service
