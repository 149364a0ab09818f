#include "training/caption_vocabulary.h"

#include <gmock/gmock.h>

#include "tokenizers/clip_tokenizer.h"

namespace fude::training {
namespace {

constexpr int kJunkRows = 8;

const std::vector<std::string>& tags() {
  static const std::vector<std::string> all = {"masterpiece", "1girl", "blue hair", "red eyes", "smile"};
  return all;
}

CaptionVocabulary vocabulary() { return {tags(), kJunkRows}; }

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

}  // namespace
}  // namespace fude::training
