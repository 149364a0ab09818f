#include "models/adapters/embedding_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/refusal.h"

namespace fude::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(EmbeddingLayout, FindsTheVectorsInEveryLayout) {
  EXPECT_THAT(find_embedding({{"string_to_param.*", {3, 8}}, {"x", {1}}}, "f"), ElementsAre("string_to_param.*"));
  EXPECT_THAT(find_embedding({{"emb_params", {8}}, {"x", {1}}}, "f"), ElementsAre("emb_params"));
  EXPECT_THAT(find_embedding({{"<word>", {8}}}, "f"), ElementsAre("<word>"));
  EXPECT_THAT(find_embedding({{"clip_g", {2, 8}}, {"clip_l", {2, 6}}}, "f"), ElementsAre("clip_l", "clip_g"));
}

TEST(EmbeddingLayout, RefusesWhatIsNoWord) {
  const auto refusal = [](const weights::TensorIndex& index) {
    return tests::refusal(ErrorCode::kUnsupportedModel, [&] { find_embedding(index, "f"); });
  };
  EXPECT_THAT(refusal({{"a", {8}}, {"b", {8}}}), HasSubstr("'f' has 2 tensors and none called 'emb_params'"));
  for (const std::vector<int64_t>& shape :
       std::vector<std::vector<int64_t>>{{}, {0, 8}, {76, 8}, {2, 2, 2}, {1, 0}, {1, 1 << 20}}) {
    EXPECT_THAT(refusal({{"emb_params", shape}}), HasSubstr("expected [1 to 75, width]"));
  }
  EXPECT_THAT(refusal({{"clip_g", {2, 8}}, {"clip_l", {3, 6}}}), HasSubstr("3 vectors for one text encoder and 2"));
}

TEST(PictureEmbedding, HasItsRowsInOrder) {
  const PictureEmbedding read =
      read_picture_embedding(R"({"name": "w", "string_to_param": {"*": {"TORCHTENSOR": [[1, 2.5], [-3, 0]]}}})", "f");
  EXPECT_EQ(read.name, "w");
  EXPECT_EQ(read.shape.count, 2);
  EXPECT_EQ(read.shape.width, 2);
  EXPECT_THAT(read.numbers, ElementsAre(1, 2.5, -3, 0));
}

TEST(PictureEmbedding, RefusesWhatIsNoMatrix) {
  const auto refusal = [](const std::string& values) {
    const std::string json = R"({"string_to_param": {"*": {"TORCHTENSOR": )" + values + "}}}";
    return tests::refusal(ErrorCode::kCorruptFile, [&] { read_picture_embedding(json, "f"); });
  };
  EXPECT_THAT(refusal("[]"), HasSubstr("has no vectors"));
  EXPECT_THAT(refusal("[[]]"), HasSubstr("1 vectors of 0 numbers"));
  EXPECT_THAT(refusal("[[1], [1, 2]]"), HasSubstr("unequal length"));
  EXPECT_THAT(refusal("[[\"1\"]]"), HasSubstr("something else than a number"));
  EXPECT_THAT(refusal("[[1e300]]"), HasSubstr("too large"));
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [] { read_picture_embedding("[", "f"); }),
              HasSubstr("is no JSON object"));
}

}  // namespace
}  // namespace fude::models
