#include "service/gallery_search.h"

#include <gmock/gmock.h>

#include "tests/service/gallery_fixture.h"
#include "tests/support/refusal.h"

namespace fude::service {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class GallerySearch : public GalleryTest {
 protected:
  void SetUp() override {
    add("a.png", "1girl, red sky, long_hair");                     // 2026-01-02, seed 1
    add("b.png", "blue sky, 笑顔の少女", "Anime Mix");             // 2026-01-03, seed 2
    add("day/c.png", "rain <lora:ink_wash:0.8>, café, コーヒー");  // 2026-01-04, seed 3
  }
};

TEST_F(GallerySearch, ShowsTheNewestFirst) {
  EXPECT_THAT(files(), ElementsAre("day/c.png", "b.png", "a.png"));
  PictureQuery query;
  query.order = PictureQuery::Order::kOldest;
  EXPECT_THAT(files(query), ElementsAre("a.png", "b.png", "day/c.png"));
}

TEST_F(GallerySearch, FindsWordsAsTheyAreTyped) {
  EXPECT_THAT(files("sky"), ElementsAre("b.png", "a.png"));
  EXPECT_THAT(files("SK"), ElementsAre("b.png", "a.png"));
  EXPECT_THAT(files("sky red"), ElementsAre("a.png"));
  EXPECT_THAT(files("\"red sky\""), ElementsAre("a.png"));
  EXPECT_THAT(files("\"sky red\""), IsEmpty());
  EXPECT_THAT(files("\"red sk\""), IsEmpty());
  EXPECT_THAT(files("long hair"), ElementsAre("a.png"));
  EXPECT_THAT(files("long_h"), ElementsAre("a.png"));
  EXPECT_THAT(files("cafe"), ElementsAre("day/c.png"));
  EXPECT_THAT(files("girl"), IsEmpty());
}

TEST_F(GallerySearch, FindsPartsOfJapanese) {
  for (const char* part : {"笑", "笑顔", "顔の少", "笑顔の少女", "女"}) EXPECT_THAT(files(part), ElementsAre("b.png"));
  EXPECT_THAT(files("少笑"), IsEmpty());
  EXPECT_THAT(files("ｺｰﾋｰ"), ElementsAre("day/c.png"));
  EXPECT_THAT(files("悪い手").size(), 3u);  // of the negative prompt
}

TEST_F(GallerySearch, Excludes) {
  EXPECT_THAT(files("sky -red"), ElementsAre("b.png"));
  EXPECT_THAT(files("-sky"), ElementsAre("day/c.png"));
  EXPECT_THAT(files("-笑顔 -rain"), ElementsAre("a.png"));
}

TEST_F(GallerySearch, LooksInOneField) {
  EXPECT_THAT(files("prompt:lowres"), IsEmpty());
  EXPECT_THAT(files("negative:lowres").size(), 3u);
  EXPECT_THAT(files("model:anime"), ElementsAre("b.png"));
  EXPECT_THAT(files("model:\"anime mix\""), ElementsAre("b.png"));
  EXPECT_THAT(files("lora:ink"), ElementsAre("day/c.png"));
  EXPECT_THAT(files("file:day"), ElementsAre("day/c.png"));
}

TEST_F(GallerySearch, FindsNumbers) {
  EXPECT_THAT(files("seed:2"), ElementsAre("b.png"));
  EXPECT_THAT(files("size:8x4").size(), 3u);
  EXPECT_THAT(files("size:4x8"), IsEmpty());
  EXPECT_THAT(files("date:2026-01-03"), ElementsAre("b.png"));
  EXPECT_THAT(files("date:>2026-01-03"), ElementsAre("day/c.png"));
  EXPECT_THAT(files("date:2025"), IsEmpty());
  EXPECT_THAT(files("-date:2026-01-03"), ElementsAre("day/c.png", "a.png"));
  EXPECT_THAT(files("2026-01-03"), ElementsAre("b.png"));
}

TEST_F(GallerySearch, ChoosesByExactValues) {
  PictureQuery query;
  query.model = "anime mix";
  EXPECT_THAT(files(query), ElementsAre("b.png"));
  query.model = "anime";
  EXPECT_THAT(files(query), IsEmpty());
  query = {};
  query.adapter = "ink_wash";
  EXPECT_THAT(files(query), ElementsAre("day/c.png"));
  query = {};
  query.seed = 1;
  EXPECT_THAT(files(query), ElementsAre("a.png"));
  query = {};
  const Picture middle = gallery_.search({.text = "seed:2"}).pictures.front();
  query.from = middle.created_at;
  query.until = middle.created_at + 1;
  EXPECT_THAT(files(query), ElementsAre("b.png"));
  query.until = middle.created_at;
  EXPECT_THAT(files(query), IsEmpty());
}

TEST_F(GallerySearch, OrdersByStars) {
  const auto rate = [&](const std::string& text, int stars) {
    gallery_.change(gallery_.search({.text = text}).pictures.front().id, {.rating = stars});
  };
  rate("seed:1", 5);
  rate("seed:2", 3);
  PictureQuery query;
  query.order = PictureQuery::Order::kRating;
  query.limit = 1;
  EXPECT_THAT(files(query), ElementsAre("a.png", "b.png", "day/c.png"));
  query.text = "sky";
  EXPECT_THAT(files(query), ElementsAre("a.png", "b.png"));
  query.text = "rating:>=4";
  EXPECT_THAT(files(query), ElementsAre("a.png"));
  query = {};
  query.min_rating = 3;
  EXPECT_THAT(files(query), ElementsAre("b.png", "a.png"));
  EXPECT_THAT(files("rating:0"), ElementsAre("day/c.png"));
}

TEST_F(GallerySearch, GoesOnWhereThePageEnded) {
  PictureQuery query;
  query.limit = 2;
  const PicturePage first = gallery_.search(query);
  EXPECT_EQ(first.pictures.size(), 2u);
  EXPECT_EQ(first.total, 3);
  add("new.png", "x");  // does not push others onto the next page
  query.cursor = first.next_cursor;
  const PicturePage second = gallery_.search(query);
  ASSERT_EQ(second.pictures.size(), 1u);
  EXPECT_EQ(second.pictures.front().file, "a.png");
  EXPECT_EQ(second.total, 3);
  EXPECT_EQ(second.next_cursor, "");
}

TEST_F(GallerySearch, PagesThroughTheBin) {
  for (const char* text : {"seed:1", "seed:2", "seed:3"}) {
    gallery_.move_to_bin(gallery_.search({.text = text}).pictures.front().id);
  }
  for (const auto order : {PictureQuery::Order::kNewest, PictureQuery::Order::kRating}) {
    PictureQuery query{.in_bin = true, .order = order, .limit = 1};
    EXPECT_THAT(files(query), ElementsAre(".bin/day/c.png", ".bin/b.png", ".bin/a.png"));
  }
  EXPECT_THAT(files(PictureQuery{.text = "sky", .in_bin = true, .limit = 1}), ElementsAre(".bin/b.png", ".bin/a.png"));
  EXPECT_THAT(files(PictureQuery{.text = "date:>=2026-01-03", .in_bin = true}),
              ElementsAre(".bin/day/c.png", ".bin/b.png"));
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(GallerySearch, TakesAnyTyping) {
  for (const char* text : {"\"",         "-\"",        "* AND",     "OR NOT",  "(",         ")",       "a* NEAR(b, 5)",
                           "{prompt}:x", "^x",         "a + b",     "'; --",   "prompt:",   ":",       "::::",
                           "model:\"",   "\\",         "\xFF\xFE",  "seed:-1", "rating:..", "date:..", "date:>9999",
                           "date:<1",    "-date:2026", "rating:<0", "size:x",  "job:0",     "\uE000",  "﷽ ﬃ ẞ İ"}) {
    EXPECT_NO_THROW(files(text)) << text;
  }
  EXPECT_NO_THROW(files(std::string(100000, '(')));
  std::string many;
  for (int i = 0; i < 500; ++i) many += "-word" + std::to_string(i) + " other ";
  EXPECT_NO_THROW(files(many));
}

TEST_F(GallerySearch, RefusesAStrangeCursor) {
  for (const char* cursor : {"x", "1", "1.2", "1.9.3", "-1.0.3", "1.0.3.4", "1.0.99999999999999999999"}) {
    PictureQuery query;
    query.cursor = cursor;
    tests::refusal(ErrorCode::kInvalidArgument, [&] { gallery_.search(query); });
  }
  PictureQuery edge;
  edge.cursor = "1.0.-9223372036854775808";
  EXPECT_THAT(files(edge), IsEmpty());
}

TEST_F(GallerySearch, RefusesALimitOutOfRange) {
  PictureQuery query;
  query.limit = 0;
  tests::refusal(ErrorCode::kInvalidArgument, [&] { gallery_.search(query); });
  query.limit = 501;
  tests::refusal(ErrorCode::kInvalidArgument, [&] { gallery_.search(query); });
}

}  // namespace
}  // namespace fude::service
