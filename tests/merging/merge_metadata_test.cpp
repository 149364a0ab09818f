#include "merging/merge_metadata.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace fude::merging {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<ParentFacts> parents() {
  return {{.role = "A", .name = "one", .sha256 = "aa", .legacy_hash = "a1", .licence = "CC0-1.0", .metadata = {}},
          {.role = "B",
           .name = "two",
           .sha256 = "bb",
           .legacy_hash = "b1",
           .licence = "CC0-1.0",
           .metadata = {{"sd_merge_recipe", R"({"x":1})"}, {"sd_merge_models", R"({"cc":{"name":"three"}})"}}}};
}

TEST(MergeMetadata, WritesTheRecipe) {
  MergeOptions options{.method = MergeMethod::kWeightedSum, .alpha = BlockWeights(0.25)};
  options.discard = "^model_ema";
  const auto metadata = merge_metadata(parents(), options, "title");
  const json recipe = json::parse(metadata.at("sd_merge_recipe"));
  EXPECT_EQ(recipe.at("type"), "webui");
  EXPECT_EQ(recipe.at("primary_model_hash"), "aa");
  EXPECT_EQ(recipe.at("secondary_model_hash"), "bb");
  EXPECT_TRUE(recipe.at("tertiary_model_hash").is_null());
  EXPECT_EQ(recipe.at("interp_method"), "Weighted sum");
  EXPECT_EQ(recipe.at("multiplier"), 0.25);
  EXPECT_EQ(recipe.at("discard_weights"), "^model_ema");
  EXPECT_FALSE(recipe.contains("alpha_blocks"));
  options.alpha.assign("M00=1");
  options.method = MergeMethod::kTripleSum;
  const json blocks = json::parse(merge_metadata(parents(), options, "title").at("sd_merge_recipe"));
  EXPECT_THAT(blocks.at("alpha_blocks"), HasSubstr(",1,"));
  EXPECT_EQ(blocks.at("beta"), 0);
}

TEST(MergeMetadata, CarriesGrandparentsAndKind) {
  auto facts = parents();
  facts[0].metadata = {{"modelspec.architecture", "stable-diffusion-v1"}, {"modelspec.author", "someone"}};
  const auto metadata = merge_metadata(facts, {}, "title");
  const json models = json::parse(metadata.at("sd_merge_models"));
  EXPECT_EQ(models.at("aa").at("name"), "one");
  EXPECT_EQ(models.at("bb").at("sd_merge_recipe").at("x"), 1);
  EXPECT_EQ(models.at("cc").at("name"), "three");
  EXPECT_EQ(metadata.at("modelspec.architecture"), "stable-diffusion-v1");
  EXPECT_EQ(metadata.at("modelspec.merged_from"), "one, two");
  EXPECT_EQ(metadata.at("modelspec.license"), "CC0-1.0");
  EXPECT_FALSE(metadata.contains("modelspec.author"));
}

TEST(MergeMetadata, SurvivesBrokenMetadataOfParents) {
  auto facts = parents();
  facts[1].metadata = {{"sd_merge_recipe", "{"}, {"sd_merge_models", "[1]"}};
  EXPECT_EQ(json::parse(merge_metadata(facts, {}, "t").at("sd_merge_models")).at("bb").at("sd_merge_recipe"), "{");
}

TEST(CombineLicences, ShowsConflicts) {
  auto facts = parents();
  EXPECT_THAT(combine_licences(facts).warnings, IsEmpty());
  facts[1].licence = "OpenRAIL-M";
  EXPECT_EQ(combine_licences(facts).licence, "CC0-1.0 AND OpenRAIL-M");
  EXPECT_THAT(combine_licences(facts).warnings, ElementsAre(HasSubstr("'two' is under OpenRAIL-M")));
  facts[1].licence = "";
  EXPECT_THAT(combine_licences(facts).warnings, ElementsAre(HasSubstr("'two' names no licence")));
  facts[0].licence = "";
  EXPECT_EQ(combine_licences(facts).licence, "");
  EXPECT_THAT(combine_licences(facts).warnings, IsEmpty());
}

}  // namespace
}  // namespace fude::merging
