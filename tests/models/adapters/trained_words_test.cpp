#include "models/adapters/trained_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fude::models {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TrainedWords, AddUpOverFoldersAndComeMostFrequentFirst) {
  const std::map<std::string, std::string> metadata = {
      {"ss_tag_frequency", R"({"10_a": {" sky": 3, "1girl": 9}, "5_b": {"sky ": 4, "tree": 1}})"}};
  EXPECT_THAT(trained_words(metadata, 2), ElementsAre(TrainedWord{"1girl", 9}, TrainedWord{"sky", 7}));
}

TEST(TrainedWords, BeginWithTheTriggerPhrase) {
  const std::map<std::string, std::string> metadata = {{"modelspec.trigger_phrase", "by nobody"},
                                                       {"ss_tag_frequency", R"({"a": {"sky": 3}})"}};
  EXPECT_THAT(trained_words(metadata, 10), ElementsAre(TrainedWord{"by nobody", 0}, TrainedWord{"sky", 3}));
}

TEST(TrainedWords, AreNoneInOtherMetadata) {
  EXPECT_THAT(trained_words({}, 10), IsEmpty());
  for (const char* text : {"", "[]", "{", "7", R"({"a": 3})", R"({"a": {"b": "c"}})"}) {
    EXPECT_THAT(trained_words({{"ss_tag_frequency", text}}, 10), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace fude::models
