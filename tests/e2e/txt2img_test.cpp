#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "io/images/png_file.h"
#include "io/tensor_file.h"
#include "pipelines/stored_text.h"
#include "tests/e2e/program.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class TextToImageProgram : public ::testing::Test {
 protected:
  TemporaryFolder folder_;

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  // Words, a tiny model, a small picture; further arguments follow.
  std::vector<std::string> small(std::vector<std::string> more) const {
    std::vector<std::string> all = {"txt2img", "a cat",   "--model", tiny_model("micro-sd1").string(),
                                    "--size",  "128x128", "--steps", "2"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

TEST_F(TextToImageProgram, FollowsARequestToTheGoldenLatent) {
  const auto golden = golden_json("trajectories/sd1.dpmpp_sde.json");
  nlohmann::json body = golden["params"];
  body["override_settings"] = {{"randn_source", "CPU"}};
  std::ofstream(path("request.json")) << body;
  const ProgramResult result =
      run_fude({"txt2img", "--request", path("request.json"), "--model", tiny_model("tiny-sd1").string(), "--precision",
                "fp32", "--save-latents", path("latents.safetensors"), "--out", path("picture.png"), "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto expected = io::TensorFile::open(golden_path("trajectories/sd1.dpmpp_sde.safetensors"));
  const auto latents = io::TensorFile::open(path("latents.safetensors"));
  EXPECT_TRUE(close_to(latents.tensor("latent"), expected.tensor("final_latent"), 1e-4));
  EXPECT_TRUE(close_to(latents.tensor("noise"), expected.tensor("noise.0"), 1e-5));

  const auto line = nlohmann::json::parse(result.out);
  EXPECT_EQ(line["file"], path("picture.png"));
  EXPECT_EQ(line["seed"], body["seed"]);
  EXPECT_EQ(line["width"], 64);
  EXPECT_GT(line["seconds"]["total"].get<double>(), 0);
  EXPECT_GT(line["peak_rss_bytes"].get<std::int64_t>(), 0);
  EXPECT_EQ(line["infotext"], pipelines::read_infotext_of(path("picture.png")));
}

/// One recorded generation of a family besides Stable Diffusion 1.
struct FamilyCase {
  std::string recording, model;
};

class FamilyProgram : public TextToImageProgram, public ::testing::WithParamInterface<FamilyCase> {};

TEST_P(FamilyProgram, FollowsARequestToTheGoldenLatent) {
  const std::string name = "trajectories/" + GetParam().recording;
  nlohmann::json body = golden_json(name + ".json")["params"];
  body["override_settings"] = {{"randn_source", "CPU"}};
  std::ofstream(path("request.json")) << body;
  const ProgramResult result =
      run_fude({"txt2img", "--request", path("request.json"), "--model", tiny_model(GetParam().model).string(),
                "--precision", "fp32", "--save-latents", path("latents.safetensors"), "--out", path("picture.png")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto latents = io::TensorFile::open(path("latents.safetensors"));
  EXPECT_TRUE(close_to(latents.tensor("latent"), golden_tensors(name + ".safetensors").tensor("final_latent"), 1e-4));
}

INSTANTIATE_TEST_SUITE_P(Published, FamilyProgram,
                         ::testing::Values(FamilyCase{"sd2v.dpmpp_2m", "tiny-sd2v"},
                                           FamilyCase{"sdxl.dpmpp_2m_sde", "tiny-sdxl"}),
                         [](const auto& info) { return info.param.model.substr(5); });

TEST_F(TextToImageProgram, MakesTheSamePictureAgainFromAPicture) {
  ASSERT_EQ(run_fude(small({"--out", path("first.png"), "--seed", "5", "-n", "空, bad"})).exit_code, 0);
  const ProgramResult again = run_fude({"txt2img", "--like", path("first.png"), "--model",
                                        tiny_model("micro-sd1").string(), "--out", path("second.png")});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(io::read_png(path("first.png")).pixels, io::read_png(path("second.png")).pixels);
  EXPECT_EQ(pipelines::read_infotext_of(path("first.png")), pipelines::read_infotext_of(path("second.png")));
}

TEST_F(TextToImageProgram, DrawsWordsFromATemplateAndStoresBoth) {
  std::filesystem::create_directories(path("wildcards"));
  std::filesystem::create_directories(path("out"));
  std::ofstream(path("wildcards/colour.txt")) << "red\ngreen\nblue\n";
  std::ofstream(path("styles.csv")) << "name,prompt\nsharp,\"sharp, {prompt}\"\n";
  const std::string model = tiny_model("micro-sd1").string();
  const ProgramResult made = run_fude({"txt2img",        "__colour__ {cat|dog}, {x} # shy",
                                       "--style",        "sharp",
                                       "--data-dir",     folder_.path().string(),
                                       "--model",        model,
                                       "--size",         "128x128",
                                       "--steps",        "1",
                                       "--seed",         "5",
                                       "--batch-count",  "2",
                                       "--out",          path("out"),
                                       "--save-latents", path("latents.safetensors")});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const std::string text = pipelines::read_infotext_of(path("out/00001-6.png"));
  EXPECT_THAT(text, ::testing::ContainsRegex("^sharp, (red|green|blue) (cat|dog), .x.\n"));
  EXPECT_THAT(text, HasSubstr("Template: \"sharp, __colour__ {cat|dog}, {x}\""));
  EXPECT_EQ(io::TensorFile::open(path("latents.safetensors")).tensor("latent").size(0), 2);

  ASSERT_EQ(
      run_fude({"txt2img", "--like", path("out/00001-6.png"), "--model", model, "--out", path("again.png")}).exit_code,
      0);
  EXPECT_EQ(pipelines::read_infotext_of(path("again.png")), text);
  EXPECT_EQ(io::read_png(path("again.png")).pixels, io::read_png(path("out/00001-6.png")).pixels);
}

TEST_F(TextToImageProgram, NumbersPicturesInAFolder) {
  const ProgramResult result = run_fude(small({"--out", folder_.path().string(), "--seed", "9", "--batch-count", "2"}));
  EXPECT_EQ(result.out, path("00000-9.png") + "\n" + path("00001-10.png") + "\n");
}

TEST_F(TextToImageProgram, KeepsFinishedPicturesOnCtrlC) {
  const auto has_one_picture = [&](pid_t) { return std::filesystem::exists(path("00000-1.png")); };
  const ProgramResult result = interrupt_fude_when(
      has_one_picture, small({"--out", folder_.path().string(), "--seed", "1", "--batch-count", "1000"}));
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_EQ(result.err, "fude: error: interrupted\n");
  EXPECT_EQ(io::read_png(path("00000-1.png")).width, 128);
}

TEST_F(TextToImageProgram, ExplainsMistakesInOneLineWithTheRightExitCode) {
  struct Mistake {
    std::vector<std::string> arguments;
    int exit_code;
    std::string message;
  };
  std::ofstream(path("broken.safetensors")) << "not a model at all";
  const std::vector<Mistake> mistakes = {
      {{"txt2img", "x", "--setps", "3"}, 2, "unknown flag '--setps', did you mean '--steps'?"},
      {{"txt2img", "x", "--steps", "0"}, 2, "steps"},
      {{"txt2img", "x", "--size", "100x64"}, 2, "multiple of 8"},
      {{"txt2img", "x", "--sampler", "Eulr a"}, 2, "Euler a"},
      {{"txt2img", "x", "--model", path("missing.safetensors")}, 3, "missing.safetensors"},
      {{"txt2img", "x", "--model", path("broken.safetensors")}, 3, "broken.safetensors"},
      {{"txt2img", "--like", path("missing.png")}, 3, "missing.png"},
      {{"txt2img", "--request", path("broken.safetensors")}, 3, "JSON"},
      {{"paint-me"}, 2, "unknown command 'paint-me'"},
  };
  for (const Mistake& mistake : mistakes) {
    const ProgramResult result = run_fude(mistake.arguments);
    EXPECT_EQ(result.exit_code, mistake.exit_code) << result.err;
    EXPECT_THAT(result.err, StartsWith("fude: error: "));
    EXPECT_THAT(result.err, HasSubstr(mistake.message));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_EQ(result.out, "");
  }
}

}  // namespace
}  // namespace fude::tests
