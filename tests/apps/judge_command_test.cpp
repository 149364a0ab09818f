#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "apps/fude/command.h"
#include "core/error.h"
#include "io/images/png_file.h"
#include "pipelines/stored_text.h"
#include "tests/apps/command_output.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "training/judge/examination_captions.h"
#include "training/judge/network.h"
#include "training/judge/targets.h"
#include "training/painter/captions.h"
#include "training/painter/paint.h"

namespace fude::apps {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class JudgeCommand : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  static std::string run(std::vector<std::string> words) {
    words.insert(words.begin(), "judge");
    return tests::output_of(add_judge_command, std::move(words));
  }
  /// A judge that has learned nothing.
  std::string ignorant_judge() const {
    judge::Network network(judge::answer_counts(), 1);
    judge::save_network(path("judge.safetensors"), network, {});
    return path("judge.safetensors");
  }
  void put_picture(const std::string& name, const std::string& text) const {
    const painter::Painting painting = painter::paint(painter::draw_character(1, 2));
    const std::vector<io::PngText> texts{{.keyword = "parameters", .text = text}};
    io::write_png(path(name),
                  {.width = painting.width, .height = painting.height, .channels = 3, .pixels = painting.rgb}, texts);
  }

  tests::TemporaryFolder folder_;
};

TEST_F(JudgeCommand, DrawsAPictureOfItsCaptionAndASheet) {
  run({"draw", "--first", "3", "--count", "1", "--seed", "7", "--precision", "bf16", "--out", path("pictures"),
       "--sheet", path("sheet.png")});
  const std::string text = pipelines::read_infotext_of(path("pictures/000003.png"));
  EXPECT_THAT(text,
              StartsWith(judge::examination_caption(7, 3) + "\nNegative prompt: (worst quality, low quality:1.4)\n"));
  EXPECT_THAT(text, HasSubstr("Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 10,"));
  EXPECT_EQ(io::read_png(path("sheet.png")).pixels, io::read_png(path("pictures/000003.png")).pixels);
}

TEST_F(JudgeCommand, ComparesAPrecisionWithAnExactOne) {
  const auto json =
      nlohmann::json::parse(run({"compare", "--count", "1", "--precision", "bf16", "--device", "cpu", "--json"}));
  EXPECT_EQ(json["precision"], "bf16");
  EXPECT_EQ(json["against"], "fp32");
  EXPECT_EQ(json["pictures"].size(), 1u);
  EXPECT_GT(json["mean"], 28.0);
  EXPECT_LT(json["mean"], 100.0);
  EXPECT_LE(json["least"], json["mean"]);
  const auto same = nlohmann::json::parse(
      run({"compare", "--count", "1", "--precision", "bf16", "--against", "bf16", "--device", "cpu", "--json"}));
  EXPECT_EQ(same["mean"], 100.0);
}

TEST_F(JudgeCommand, CompareFailsBelowWhatIsRequired) {
  EXPECT_THAT(
      tests::refusal(ErrorCode::kCorruptFile,
                     [&] {
                       run({"compare", "--count", "1", "--precision", "bf16", "--device", "cpu", "--require", "99"});
                     }),
      HasSubstr("expected at least 99"));
}

TEST_F(JudgeCommand, DrawRefusesPicturesOfAnotherCaption) {
  put_picture("000000.png", "1girl, sky\nSteps: 20, Model hash: 0123456789");
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument,
                             [&] {
                               run({"draw", "--count", "1", "--out", path(".")});
                             }),
              HasSubstr("000000.png"));
}

TEST_F(JudgeCommand, ScoresPicturesAgainstTheirPrompts) {
  put_picture("a.png", painter::caption(painter::draw_character(1, 2)) + "\nSteps: 20");
  const auto json = nlohmann::json::parse(run({"score", path("."), "--judge", ignorant_judge(), "--json"}));
  EXPECT_EQ(json["groups"]["hair color"]["shown"], 1);
}

TEST_F(JudgeCommand, FailsBelowTheBarWhenAsked) {
  for (std::uint64_t i = 0; i < 6; ++i)  // always the same picture: its captions cannot all be right
    put_picture(fmt::format("{}.png", i), judge::examination_caption(9, i) + "\nSteps: 20");
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile,
                             [&] {
                               run({"score", path("."), "--judge", ignorant_judge(), "--require"});
                             }),
              HasSubstr("below the bar in: "));
}

TEST_F(JudgeCommand, ExaminesAJudge) {
  const auto json = nlohmann::json::parse(run({"examine", ignorant_judge(), "--examined", "5", "--json"}));
  EXPECT_EQ(json["all"]["groups"]["hair color"]["shown"], 5);
}

TEST_F(JudgeCommand, RejectsToDrawNowhere) { EXPECT_THROW(run({"draw", "--count", "1"}), CLI::ParseError); }

}  // namespace
}  // namespace fude::apps
