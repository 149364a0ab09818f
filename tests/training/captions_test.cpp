#include <gmock/gmock.h>

#include "tokenizers/clip_tokenizer.h"
#include "training/caption_drawing.h"
#include "training/caption_vocabulary.h"

namespace fude::training {
namespace {

using painter::Random;
using testing::Contains;
using testing::Not;

constexpr int kJunkRows = 8;

const std::vector<std::string>& tags() {
  static const std::vector<std::string> all = {"masterpiece", "1girl", "blue hair", "red eyes", "smile"};
  return all;
}

CaptionVocabulary vocabulary() { return {tags(), kJunkRows}; }

CaptionConfig plain() {
  return {.dropout = 0,
          .simple_share = 0,
          .tag_dropout = {0},
          .shuffle = 0,
          .single_tag = 0,
          .junk = 0,
          .quality_dropout = 0};
}

std::vector<std::int64_t> draw(const CaptionConfig& config, std::uint64_t seed, double progress = 1) {
  Random random(seed);
  return draw_caption(tags(), vocabulary(), config, progress, random);
}

TEST(CaptionVocabulary, NumbersStartEndAndKnownWordsFromZero) {
  const CaptionVocabulary words = vocabulary();
  const auto ids = words.caption_ids(tags());
  EXPECT_EQ(ids.size(), 77u);
  EXPECT_EQ(ids.front(), 0);
  EXPECT_EQ(ids.back(), 1);
  for (const std::int64_t id : ids) EXPECT_LT(id, words.junk_id(0));
}

TEST(CaptionVocabulary, TurnsUnknownWordsIntoJunk) {
  const CaptionVocabulary words = vocabulary();
  for (const std::int64_t id : words.tag_ids("zeppelin")) {
    EXPECT_GE(id, words.junk_id(0));
    EXPECT_LT(id, words.rows());
  }
}

TEST(CaptionVocabulary, CutsWhatDoesNotFitAndKeepsTheEnd) {
  const auto ids = vocabulary().caption_ids(std::vector<std::string>(60, "blue hair"));
  EXPECT_EQ(ids.size(), 77u);
  EXPECT_EQ(ids.back(), 1);
  EXPECT_NE(ids[75], 1);
}

TEST(CaptionVocabulary, PutsTrainedRowsAtTheirPlaceInTheFullTable) {
  const CaptionVocabulary words = vocabulary();
  const at::Tensor compact = at::randn({words.rows(), 4}) * 10;
  const at::Tensor full = full_embedding(compact, words.full_ids());
  ASSERT_EQ(full.size(0), 49408);
  EXPECT_TRUE(at::equal(full[49406], compact[0]));
  EXPECT_TRUE(at::equal(full[49407], compact[1]));
  const auto blue = tokenizers::ClipTokenizer().encode("blue").front();
  EXPECT_TRUE(at::equal(full[blue], compact[words.tag_ids("blue hair").front()]));
  const auto unknown = tokenizers::ClipTokenizer().encode("zeppelin").front();
  const at::Tensor junk = compact[words.junk_id(unknown % kJunkRows)];
  EXPECT_LT((full[unknown] - junk).abs().max().item<double>(), 0.2);
}

TEST(CaptionVocabulary, KeepsEachWordsRowWhenTheTagsChange) {
  const CaptionVocabulary before = vocabulary(), after({"red eyes", "hat", "1girl"}, kJunkRows);
  const at::Tensor old_rows = at::randn({before.rows(), 4}), fresh = at::full({after.rows(), 4}, 9.0);
  const at::Tensor rows = carry_rows_over(old_rows, before.full_ids(), fresh, after.full_ids());
  const auto row = [](const CaptionVocabulary& words, const std::string& tag) { return words.tag_ids(tag).front(); };
  EXPECT_TRUE(at::equal(rows[row(after, "red eyes")], old_rows[row(before, "red eyes")]));
  EXPECT_TRUE(at::equal(rows[row(after, "hat")], fresh[0]));
  EXPECT_TRUE(at::equal(rows[after.junk_id(3)], old_rows[before.junk_id(3)]));
}

TEST(DrawCaption, SaysAllTagsInOrderWhenNothingIsToBeLeftOut) {
  EXPECT_EQ(draw(plain(), 1), vocabulary().caption_ids(tags()));
}

TEST(DrawCaption, DependsOnTheSeedAlone) {
  CaptionConfig config;
  config.simple_share = 0;
  bool has_difference = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(draw(config, seed), draw(config, seed));
    has_difference |= draw(config, seed) != draw(config, seed + 1);
  }
  EXPECT_TRUE(has_difference);
}

TEST(DrawCaption, IsEmptyAsOftenAsAsked) {
  CaptionConfig config = plain();
  config.dropout = 0.25;
  const auto empty = vocabulary().caption_ids(std::vector<std::string>{});
  int count = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) count += draw(config, seed) == empty ? 1 : 0;
  EXPECT_NEAR(count, 250, 60);
}

TEST(DrawCaption, KeepsSubjectAndOrderWhileTheTrainingIsYoung) {
  CaptionConfig config = plain();
  config.simple_share = 0.5;
  config.tag_dropout = {1};
  config.shuffle = 1;
  config.quality_dropout = 1;
  EXPECT_EQ(draw(config, 1, 0.4), vocabulary().caption_ids(tags()));
  EXPECT_EQ(draw(config, 1, 0.6), vocabulary().caption_ids(std::vector<std::string>{"1girl"}));
}

TEST(DrawCaption, PutsJunkInWithoutLosingTags) {
  CaptionConfig config = plain();
  config.junk = 1;
  const auto ids = draw(config, 3);
  const CaptionVocabulary words = vocabulary();
  EXPECT_THAT(ids, Contains(testing::Ge(words.junk_id(0))));
  for (const std::string& tag : tags())
    for (const std::int64_t id : words.tag_ids(tag)) EXPECT_THAT(ids, Contains(id));
}

}  // namespace
}  // namespace fude::training
