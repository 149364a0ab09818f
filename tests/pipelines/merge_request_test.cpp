#include "pipelines/merge_request.h"

#include <gmock/gmock.h>

#include "tests/support/refusal.h"

namespace fude::pipelines {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& json, ErrorCode code = ErrorCode::kInvalidArgument) {
  return tests::refusal(code, [&] { parse_merge_request(json); });
}

TEST(ParseMergeRequest, ReadsAllMembers) {
  const MergeRequest request = parse_merge_request(R"({"models": ["a", "b"], "method": "add-difference", "base": "c",
      "weights": [0.5, 0.25], "block_weights": "GRAD_V", "vae": "v", "dtype": "fp16", "name": "my mix"})");
  EXPECT_EQ(request.recipe.a, "a");
  EXPECT_EQ(request.recipe.b, "b");
  EXPECT_EQ(request.recipe.c, "c");
  EXPECT_EQ(request.recipe.method, "add-difference");
  EXPECT_EQ(request.recipe.alpha, 0.5);
  EXPECT_EQ(request.recipe.beta, 0.25);
  EXPECT_EQ(request.recipe.alpha_blocks, "GRAD_V");
  EXPECT_EQ(request.recipe.autoencoder, "v");
  EXPECT_EQ(request.recipe.type, "fp16");
  EXPECT_EQ(request.name, "my mix");
}

TEST(ParseMergeRequest, LeavesTheDefaults) {
  const MergeRequest request = parse_merge_request(R"({"models": ["a", "b", "c"], "name": "m"})");
  EXPECT_EQ(request.recipe.c, "c");
  EXPECT_EQ(request.recipe.method, merging::MergeRecipe().method);
  EXPECT_EQ(request.recipe.alpha, merging::MergeRecipe().alpha);
  EXPECT_EQ(request.recipe.type, "same");
}

TEST(ParseMergeRequest, RefusesNamesThatLeadElsewhere) {
  for (const char* name : {"", "../x", "a/b", "a\\\\b", ".hidden", "a\\u0000b"}) {
    EXPECT_THAT(refusal(R"({"models": ["a"], "name": ")" + std::string(name) + "\"}"), HasSubstr("name is")) << name;
  }
}

TEST(ParseMergeRequest, NamesTheMemberThatIsWrong) {
  EXPECT_THAT(refusal("[1]", ErrorCode::kCorruptFile), HasSubstr("no JSON object"));
  EXPECT_THAT(refusal("{", ErrorCode::kCorruptFile), HasSubstr("no JSON object"));
  EXPECT_THAT(refusal(R"({"name": "m"})"), HasSubstr("models is empty"));
  EXPECT_THAT(refusal(R"({"models": ["a", "b", "c", "d"], "name": "m"})"), HasSubstr("models is wrong"));
  EXPECT_THAT(refusal(R"({"models": ["a"], "weights": ["x"], "name": "m"})"), HasSubstr("weights is wrong"));
  EXPECT_THAT(refusal(R"({"models": ["a"], "method": 5, "name": "m"})"), HasSubstr("method is a JSON number"));
  EXPECT_THAT(refusal(R"({"models": ["a", "b", "c"], "base": "d", "name": "m"})"), HasSubstr("base is 'd'"));
  EXPECT_THAT(refusal(R"({"models": ["a"], "nam": "m"})"), HasSubstr("'name'"));
}

}  // namespace
}  // namespace fude::pipelines
