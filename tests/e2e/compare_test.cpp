#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "io/images/png_file.h"
#include "pipelines/stored_text.h"
#include "tests/e2e/program.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class CompareProgram : public ::testing::Test {
 protected:
  TemporaryFolder folder_;

  std::filesystem::path out(const std::string& name) const { return folder_.path() / "out" / name; }

  // A command with a tiny model and small pictures; further arguments follow.
  std::vector<std::string> small(std::vector<std::string> words, const std::vector<std::string>& more) const {
    for (const char* word : {"--model", "", "--size", "64x64", "--steps", "1", "--seed", "5", "--out", ""}) {
      words.emplace_back(word);
    }
    words[words.size() - 9] = tiny_model("micro-sd1").string();
    words.back() = (folder_.path() / "out").string();
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }
};

TEST_F(CompareProgram, MakesPicturesAGridAndItsIndex) {
  const ProgramResult result =
      run_fude(small({"compare", "a cat"}, {"--x", "Steps=1-3 (+1)", "--y", "Sampler=Euler a,LMS", "--margin", "2"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("6 pictures in 6 cells, 12 steps"));
  ASSERT_THAT(lines_of(result.out), SizeIs(7));
  EXPECT_EQ(lines_of(result.out).back(), out("xyz_grid-0000-5.png").string());
  const io::Image grid = io::read_png(out("xyz_grid-0000-5.png"));
  EXPECT_EQ(grid.width, 48 + 3 * 64 + 2 * 2);
  EXPECT_THAT(pipelines::read_infotext_of(out("xyz_grid-0000-5.png")), HasSubstr("X Type: Steps"));
  const auto index = nlohmann::json::parse(std::ifstream(out("xyz_grid-0000-5.json")));
  EXPECT_THAT(index["cells"], SizeIs(6));
  EXPECT_EQ(index["cells"][5]["files"][0], lines_of(result.out)[5]);
}

TEST_F(CompareProgram, RefusesBeforeThePicturesAreMade) {
  const ProgramResult unknown = run_fude(small({"compare", "a cat"}, {"--x", "Sampler=Euler a,Eulre"}));
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("Eulre"));
  const ProgramResult missing = run_fude(small({"compare", "a cat"}, {"--x", "Checkpoint name=no-such-file"}));
  EXPECT_NE(missing.exit_code, 0);
  EXPECT_THAT(missing.err, HasSubstr("no-such-file"));
  const ProgramResult large = run_fude(small({"compare", "a cat"}, {"--x", "Seed=1-300", "--y", "Size=8192x8192"}));
  EXPECT_THAT(large.err, HasSubstr("million"));
  EXPECT_EQ(run_fude(small({"compare", "a cat"}, {})).exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(out("xyz_grid-0000-5.png")));
}

TEST_F(CompareProgram, GoesOnWithoutAModelThatIsDamaged) {
  const std::filesystem::path models = folder_.path() / "models/Stable-diffusion";
  std::filesystem::create_directories(models);
  std::ofstream(models / "broken.safetensors") << "no model";
  const ProgramResult result =
      run_fude(small({"compare", "a cat"}, {"--data-dir", folder_.path().string(), "--x",
                                            "Checkpoint name=broken," + tiny_model("micro-sd1").string()}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("broken"));
  EXPECT_THAT(lines_of(result.out), SizeIs(2));  // the other picture and the grid
}

TEST_F(CompareProgram, AsksForAFolderWhereAPictureIsNamed) {
  const ProgramResult result = run_fude({"matrix", "a|b", "--out", out("grid.png").string()});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("expected a folder for several of them"));
}

TEST_F(CompareProgram, PlansWithoutMaking) {
  const ProgramResult result = run_fude(small({"compare", "a cat"}, {"--x", "cfg=5,7", "--plan", "--vary-seeds", "x"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "CFG Scale: 5\nCFG Scale: 7\n2 pictures, 2 steps\n");
  EXPECT_THAT(run_fude({"compare", "--list-axes"}).out, HasSubstr("Prompt S/R"));
}

TEST_F(CompareProgram, MakesAMatrix) {
  const ProgramResult result = run_fude(small({"matrix", "a cat|hat|sky"}, {}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(lines_of(result.out), SizeIs(5));
  EXPECT_TRUE(std::filesystem::exists(out("prompt_matrix-0000-5.png")));
  EXPECT_TRUE(std::filesystem::exists(out("prompt_matrix-0000-5.json")));
}

TEST_F(CompareProgram, MakesAJobOfEveryLine) {
  std::ofstream(folder_ / "prompts.txt") << "a girl\n\n--prompt a boy --steps 2 --seed 9\n--colour red\n";
  const ProgramResult result =
      run_fude(small({"txt2img", "sky"}, {"--prompts-file", (folder_ / "prompts.txt").string(), "--combined-grid"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::vector<std::string> lines = lines_of(result.out);
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_THAT(pipelines::read_infotext_of(lines[1]), HasSubstr("a boy sky"));
  EXPECT_THAT(pipelines::read_infotext_of(lines[1]), HasSubstr("Steps: 2"));
  EXPECT_THAT(result.err, HasSubstr("line 4 is taken for a prompt"));
  EXPECT_TRUE(std::filesystem::exists(out("grid-0000-5.png")));
}

}  // namespace
}  // namespace fude::tests
