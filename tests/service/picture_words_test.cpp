#include "service/picture_words.h"

#include <gmock/gmock.h>

namespace fude::service {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(IndexedWords, AreLowerCaseWithoutSigns) {
  EXPECT_EQ(indexed_words("(Long_Hair:1.2), <lora:Foo>"), "long hair 1 2 lora foo");
  EXPECT_EQ(indexed_words("ＡＢＣ１２ É"), "abc12 é");
  EXPECT_EQ(indexed_words(""), "");
  EXPECT_EQ(indexed_words("!?, \n\t\x01"), "");
}

TEST(IndexedWords, CutUnspacedScriptsIntoPairs) {
  EXPECT_EQ(indexed_words("笑顔の少女"), "笑顔 顔の の少 少女 女");
  EXPECT_EQ(indexed_words("猫"), "猫");
  EXPECT_EQ(indexed_words("青い空、4人"), "青い い空 空 4 人");
  EXPECT_EQ(indexed_words("ｶﾞﾗｽ"), "ガラ ラス ス");
}

TEST(IndexedWords, HoldNoKeys) {
  EXPECT_EQ(indexed_words(key_word(KeyKind::kModel, "x")).find("\uE000"), std::string::npos);
}

TEST(IndexedWords, EndSomewhere) {
  EXPECT_LE(indexed_words(std::string(1 << 20, 'a') + " b").size(), 200u);
  std::string long_text;
  for (int i = 0; i < 100000; ++i) long_text += "空";
  EXPECT_LE(indexed_words(long_text).size(), 3 * kSearchedText);
}

TEST(SearchedWords, AreASequenceOfWhatIsIndexed) {
  const WordSequence typed = searched_words("Long_Ha", /*is_whole=*/false);
  EXPECT_THAT(typed.words, ElementsAre("long", "ha"));
  EXPECT_TRUE(typed.is_open);
  EXPECT_FALSE(searched_words("Long_Ha", /*is_whole=*/true).is_open);
}

TEST(SearchedWords, FindPartsOfUnspacedText) {
  EXPECT_THAT(searched_words("顔の少", false).words, ElementsAre("顔の", "の少"));
  EXPECT_FALSE(searched_words("顔の少", false).is_open);
  const WordSequence single = searched_words("顔", true);
  EXPECT_THAT(single.words, ElementsAre("顔"));
  EXPECT_TRUE(single.is_open);  // also where another character follows
  EXPECT_THAT(searched_words("少女abc", true).words, ElementsAre("少女", "女", "abc"));
}

TEST(SearchedWords, AreNoneForSigns) {
  EXPECT_THAT(searched_words("!!! ...", false).words, IsEmpty());
  EXPECT_THAT(searched_words("\xFF\xFE", false).words, IsEmpty());
}

TEST(SearchedWords, AreOpenFromTheFirstLetterOn) {
  EXPECT_TRUE(searched_words("a", /*is_whole=*/false).is_open);
  EXPECT_FALSE(searched_words("a", /*is_whole=*/true).is_open);
}

TEST(KeyWord, IsTheSameForTheSameName) {
  EXPECT_EQ(key_word(KeyKind::kModel, "Hajime"), key_word(KeyKind::kModel, "ｈajime"));
  EXPECT_NE(key_word(KeyKind::kModel, "hajime"), key_word(KeyKind::kTag, "hajime"));
  EXPECT_NE(key_word(KeyKind::kModel, "hajime"), key_word(KeyKind::kModel, "hajime2"));
}

}  // namespace
}  // namespace fude::service
