#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "apps/fude/command.h"
#include "core/error.h"
#include "io/safetensors_writer.h"
#include "io/tensor_file.h"
#include "merging/merge_recipe.h"
#include "tests/apps/command_output.h"
#include "tests/support/temporary_folder.h"

namespace fude::apps {
namespace {

class MergeCommand : public testing::Test {
 protected:
  MergeCommand() {
    std::filesystem::create_directories(models());
    const char* const kName = "model.diffusion_model.middle_block.0.weight";
    io::write_safetensors(models() / "one.safetensors", {{kName, at::zeros({2})}});
    io::write_safetensors(models() / "two.safetensors", {{kName, at::ones({2})}});
  }

  std::filesystem::path models() const { return folder_ / "models/Stable-diffusion"; }

  std::string merge(std::vector<std::string> words) {
    words.insert(words.begin(), "merge");
    words.insert(words.end(), {"--data-dir", folder_.path().string()});
    return tests::output_of(add_merge_command, std::move(words));
  }

  float value_in(const std::string& file) {
    return io::TensorFile::open(file).tensor("model.diffusion_model.middle_block.0.weight")[0].item<float>();
  }

  tests::TemporaryFolder folder_;
};

TEST_F(MergeCommand, FindsModelsByNameAndNamesTheResult) {
  const std::string out = (models() / "0.75(one) + 0.25(two).safetensors").string();
  EXPECT_EQ(merge({"one", "two", "--alpha", "0.25"}), out + "\n");
  EXPECT_EQ(value_in(out), 0.25F);
  EXPECT_THROW(merge({"one", "two", "--alpha", "0.25"}), Error);  // it exists
}

TEST_F(MergeCommand, TakesWeightsOfBlocks) {
  const std::string out = folder_ / "out.safetensors";
  merge({"one", "two", "--alpha-blocks", "ALL_A", "--alpha-block", "M00=0.5", "--out", out});
  EXPECT_EQ(value_in(out), 0.5F);
}

TEST_F(MergeCommand, ReplacesAFileOnlyWhenForced) {
  const std::string out = folder_ / "out.safetensors";
  merge({"one", "two", "--alpha", "0.25", "--out", out});
  EXPECT_THROW(merge({"one", "two", "--alpha", "0.5", "--out", out}), Error);
  EXPECT_EQ(value_in(out), 0.25F);
  merge({"one", "two", "--alpha", "0.5", "--out", out, "--force"});
  EXPECT_EQ(value_in(out), 0.5F);
}

TEST_F(MergeCommand, WritesTheRecipeAlone) {
  const std::string out = folder_ / "mix.toml";
  EXPECT_EQ(merge({"one", "two", "--alpha", "0.25", "--alpha-block", "M00=1", "--out", out}), out + "\n");
  std::ifstream file(out);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const merging::MergeRecipe recipe = merging::parse_merge_recipe(text, "mix");
  EXPECT_EQ(recipe.a, "one");
  EXPECT_EQ(recipe.alpha, 0.25);
  EXPECT_THAT(recipe.alpha_block, testing::ElementsAre("M00=1"));
}

TEST_F(MergeCommand, RefusesWhatMakesNoSense) {
  EXPECT_THROW(merge({}), CLI::ParseError);
  EXPECT_THROW(merge({"one"}), Error);
  EXPECT_THROW(merge({"one", "three"}), Error);
  EXPECT_THROW(merge({"one", "two", "--method", "blend"}), Error);
  EXPECT_THROW(merge({"one", "two", "--dtype", "int8"}), Error);
  EXPECT_THROW(merge({"one", "two", "--alpha-block", "IN99=1"}), Error);
}

}  // namespace
}  // namespace fude::apps
