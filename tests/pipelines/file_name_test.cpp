#include "pipelines/file_name.h"

#include <gtest/gtest.h>

namespace fude::pipelines {
namespace {

NamingFacts facts() {
  NamingFacts facts;
  facts.infotext = parse_infotext(
      "a cat, (smile:1.2) / under trees\nNegative prompt: blurry\n"
      "Steps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7.5, Seed: 42, Size: 512x768, "
      "Model hash: 0123456789, Model: mix: two, Clip skip: 2");
  facts.seed = facts.seed_first = 42;
  facts.seed_last = 43;
  facts.saved_at = facts.job_started_at = 1795386884;  // 2026-11-22 22:34:44 UTC
  return facts;
}

TEST(ApplyNamePattern, KnowsTheWebUisTokens) {
  const NamingFacts picture = facts();
  const auto name = [&](std::string_view pattern) { return apply_name_pattern(pattern, picture); };
  EXPECT_EQ(name("[seed]-[steps]-[cfg]-[width]x[height]"), "42-20-7.5-512x768");
  EXPECT_EQ(name("[SAMPLER] [scheduler]"), "Euler a Automatic");
  EXPECT_EQ(name("[sampler_scheduler]"), "Euler a Automatic");
  EXPECT_EQ(name("[model_hash] [clip_skip]"), "0123456789 2");
  EXPECT_EQ(name("[prompt_words]"), "a cat smile 1 2 under trees");
  EXPECT_EQ(name("[prompt]"), "a_cat,_(smile_1.2)___under_trees");
  EXPECT_EQ(name("[prompt_spaces]"), "a cat, (smile_1.2) _ under trees");
  EXPECT_EQ(name("[styles]"), "None");
  EXPECT_EQ(name("[none]x"), "x");
  EXPECT_EQ(name("[datetime<%Y_%H%M><UTC>] [datetime<%H><Asia/Tokyo>]"), "2026_2234 07");
  EXPECT_EQ(name("[hasprompt<CAT><dog|none><bird>]"), "catnone");
  // sha256("blurry") and the like, by sha256sum.
  EXPECT_EQ(name("[negative_prompt_hash<4>]").size(), 4u);
  EXPECT_EQ(name("[prompt_hash]").size(), 8u);
  EXPECT_EQ(name("[image_hash]"), "e3b0c442");
}

TEST(ApplyNamePattern, LeavesOutWhatDoesNotApplyWithTheTextBeforeIt) {
  NamingFacts picture = facts();
  EXPECT_EQ(apply_name_pattern("[seed]-of-[seed_last]-b[batch_number]-g[generation_number]-d[denoising]!", picture),
            "42!");
  picture.batch_size = 2;
  picture.generation_count = 4;
  picture.batch_number = 2;
  picture.generation_number = 3;
  EXPECT_EQ(apply_name_pattern("[seed]-of-[seed_last]-b[batch_number]-g[generation_number]", picture),
            "42-of-43-b2-g3");
}

TEST(ApplyNamePattern, KeepsWhatItDoesNotKnow) {
  EXPECT_EQ(apply_name_pattern("a] [b [odd] [] [[seed]]", facts()), "a] [b [odd] [] [42]");
  EXPECT_EQ(apply_name_pattern("[seed", facts()), "[seed");
}

TEST(ApplyNamePattern, LetsNoTokenLeadElsewhere) {
  NamingFacts picture = facts();
  picture.infotext = parse_infotext("../../etc/passwd\nSteps: 1, Sampler: ../x, Seed: 1");
  EXPECT_EQ(apply_name_pattern("[prompt]", picture), ".._.._etc_passwd");
  EXPECT_EQ(confined_path(apply_name_pattern("[prompt]/[sampler]", picture)), "_.._etc_passwd/_x");
}

TEST(FileNamePart, KeepsJapaneseWithinItsLimits) {
  EXPECT_EQ(file_name_part("  桜?の\n木. . "), "桜_の_木");
  std::string novel;
  for (int i = 0; i < 500; ++i) novel += "筆";
  EXPECT_EQ(file_name_part(novel).size(), 180u);
  EXPECT_EQ(file_name_part(std::string(500, 'x')).size(), 128u);
}

TEST(ConfinedPath, StaysWhereItIsPut) {
  EXPECT_EQ(confined_path("/a//../.b/./c\\..\\d"), "a/b/c/d");
  EXPECT_EQ(confined_path("../.."), "");
  EXPECT_EQ(confined_path("2026-11-22/桜"), "2026-11-22/桜");
  EXPECT_EQ(confined_path(std::string(1000, 'y')).size(), 220u);
}

}  // namespace
}  // namespace fude::pipelines
