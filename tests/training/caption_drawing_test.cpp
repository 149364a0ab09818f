#include "training/caption_drawing.h"

#include <gmock/gmock.h>

namespace fude::training {
namespace {

using painter::Random;
using testing::Contains;

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
