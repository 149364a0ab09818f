#include "pipelines/recipe_models.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "core/error.h"
#include "core/hash.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

using testing::HasSubstr;

class RecipeFile : public testing::Test {
 protected:
  RecipeFile() {
    std::filesystem::create_directories(folder_ / "Stable-diffusion");
    std::filesystem::copy_file(tests::tiny_model("micro-sd1"), folder_ / "Stable-diffusion/one.safetensors");
  }

  void write(const std::string& text) {
    std::ofstream file(folder_ / "Stable-diffusion/mix.toml");
    file << text;
  }

  std::string refusal(const std::string& text) {
    write(text);
    try {
      library_.open_checkpoint("mix");
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

  tests::TemporaryFolder folder_;
  ModelLibrary library_{folder_.path()};
};

TEST_F(RecipeFile, StandsForTheModelThatItMakes) {
  write("a = 'one'\nb = 'one'\nalpha = 0.5\ndtype = 'fp16'");
  const NamedFile named = library_.open_checkpoint("mix");
  EXPECT_EQ(named.name, "mix");
  EXPECT_TRUE(named.file.tensors().contains("model.diffusion_model.out.2.weight"));
  EXPECT_EQ(library_.open_checkpoint("mix.toml").hash.digits(), named.hash.digits());

  // The file that the same recipe writes is known by the same hash.
  const RecipeModels merge = open_recipe({.a = "one", .b = "one", .alpha = 0.5, .type = "fp16"}, library_);
  merge_models(merge.parents, merge.options, folder_ / "Stable-diffusion/saved.safetensors");
  EXPECT_EQ(library_.open_checkpoint("saved").hash.digits(), named.hash.digits());
}

TEST_F(RecipeFile, NamesWhatIsWrong) {
  EXPECT_THAT(refusal("a = 'one'\nb = 'none'"), HasSubstr("model 'none' is neither a file nor"));
  EXPECT_THAT(refusal("a = 'one'"), HasSubstr("but B is missing"));
  EXPECT_THAT(refusal("a = 'mix'\nb = 'one'"), HasSubstr("recipes cannot be merged"));
  EXPECT_THAT(refusal("a = 'one'\nb = 'one'\nmethod = 'mix'"), HasSubstr("unknown merge method"));
  EXPECT_THAT(refusal("a = 'one'\nb = 'one'\nalpha_block = ['IN99=1']"), HasSubstr("names no blocks"));
  EXPECT_THAT(refusal("x"), HasSubstr("is not TOML"));
}

}  // namespace
}  // namespace fude::pipelines
