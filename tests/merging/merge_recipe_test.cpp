#include "merging/merge_recipe.h"

#include <gmock/gmock.h>

#include "core/error.h"

namespace fude::merging {
namespace {

using testing::HasSubstr;

std::string refusal(std::string_view toml) {
  try {
    parse_merge_recipe(toml, "mix.toml");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorruptFile);
    return error.what();
  }
  return "accepted";
}

TEST(MergeRecipe, ComesBackAsItWasWritten) {
  MergeRecipe recipe;
  recipe.a = "アニメ \"one\"";
  recipe.b = "C:\\models\\two.safetensors";
  recipe.autoencoder = "vae";
  recipe.method = "cosine";
  recipe.alpha = 0.1;
  recipe.alpha_blocks = "GRAD_V";
  recipe.alpha_block = {"IN00-IN05=0.5", "NOT M00=0"};
  recipe.discard = "^model_ema\\.";
  recipe.type = "fp16";
  const MergeRecipe read = parse_merge_recipe(merge_recipe_text(recipe), "mix.toml");
  EXPECT_EQ(read.a, recipe.a);
  EXPECT_EQ(read.b, recipe.b);
  EXPECT_EQ(read.c, "");
  EXPECT_EQ(read.autoencoder, "vae");
  EXPECT_EQ(read.method, "cosine");
  EXPECT_EQ(read.alpha, 0.1);
  EXPECT_EQ(read.beta, 0);
  EXPECT_EQ(read.alpha_blocks, "GRAD_V");
  EXPECT_EQ(read.alpha_block, recipe.alpha_block);
  EXPECT_THAT(read.beta_block, testing::IsEmpty());
  EXPECT_EQ(read.discard, recipe.discard);
  EXPECT_EQ(read.type, "fp16");
}

TEST(MergeRecipe, IsWrittenAsAPersonWould) {
  MergeRecipe recipe;
  recipe.a = "one";
  recipe.b = "two";
  recipe.alpha = 0.4;
  EXPECT_EQ(merge_recipe_text(recipe), "a = 'one'\nb = 'two'\nalpha = 0.4\n");
}

TEST(MergeRecipe, SaysWhatItCannotRead) {
  EXPECT_THAT(refusal("a = "), HasSubstr("recipe 'mix.toml' is not TOML"));
  EXPECT_THAT(refusal("b = 'two'"), HasSubstr("'a' is missing"));
  EXPECT_THAT(refusal("a = 1"), HasSubstr("'a' is not a string"));
  EXPECT_THAT(refusal("a = 'one'\nalpha = nan"), HasSubstr("'alpha' is nan"));
  EXPECT_THAT(refusal("a = 'one'\nalpha_block = 'M00=1'"), HasSubstr("list of strings"));
  EXPECT_THAT(refusal("a = 'one'\n\nmutiplier = 1"), HasSubstr("unknown key 'mutiplier' (line 3)"));
  EXPECT_THAT(refusal(std::string(2 << 20, '#')), HasSubstr("expected at most"));
}

}  // namespace
}  // namespace fude::merging
