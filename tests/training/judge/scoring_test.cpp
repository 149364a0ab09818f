#include "training/judge/scoring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "io/images/png_file.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "training/judge/targets.h"
#include "training/painter/captions.h"
#include "training/painter/paint.h"

namespace fude::judge {
namespace {

namespace fs = std::filesystem;

class ScoreFolder : public testing::Test {
 protected:
  fs::path folder() const { return folder_.path(); }
  void put_picture(const std::string& name, std::vector<io::PngText> texts = {}) {
    const painter::Painting painting = painter::paint(character_);
    io::write_png(folder() / (name + ".png"),
                  {.width = painting.width, .height = painting.height, .channels = 3, .pixels = painting.rgb}, texts);
  }
  void put_caption(const std::string& name, const std::string& caption) {
    std::ofstream(folder() / (name + ".txt")) << caption << "\n";
  }
  Accuracy score() {
    return score_folder(network_, folder(), folder(), Cancellation(), [](const ScoredPicture&) {});
  }

  const painter::Character character_ = painter::draw_character(1, 2);
  const Network network_{answer_counts(), 1};

 private:
  tests::TemporaryFolder folder_;
};

TEST_F(ScoreFolder, CountsEveryPicture) {
  put_picture("a");
  put_caption("a", painter::caption(character_));
  put_picture("b");
  put_caption("b", painter::caption(character_));
  EXPECT_EQ(score().shown(1), 2);
}

TEST_F(ScoreFolder, FallsBackToThePromptInThePicture) {
  put_picture("a", {{.keyword = "parameters",
                     .text = painter::caption(character_) + "\nNegative prompt: low quality\nSteps: 20"}});
  EXPECT_EQ(score().shown(1), 1);
}

TEST_F(ScoreFolder, TellsWhatItSawInEachPicture) {
  put_picture("a");
  put_caption("a", painter::caption(character_));
  std::vector<ScoredPicture> seen;
  const Accuracy accuracy = score_folder(network_, folder(), folder(), Cancellation(),
                                         [&](const ScoredPicture& picture) { seen.push_back(picture); });
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].path.filename(), "a.png");
  EXPECT_EQ(seen[0].done, 1);
  EXPECT_EQ(seen[0].total, 1);
  EXPECT_EQ(seen[0].targets, targets_of(character_));
  EXPECT_EQ(accuracy.of_group(1), seen[0].answers[1] == seen[0].targets[1] ? 1 : 0);
}

TEST_F(ScoreFolder, RefusesAPictureWithoutCaption) {
  put_picture("a");
  EXPECT_NE(tests::refusal(ErrorCode::kNotFound, [&] { score(); }).find("a.txt"), std::string::npos);
}

TEST_F(ScoreFolder, RefusesAnUnknownTag) {
  put_picture("a");
  put_caption("a", "1girl, ten legs");
  EXPECT_NE(tests::refusal(ErrorCode::kInvalidArgument, [&] { score(); }).find("ten legs"), std::string::npos);
}

TEST_F(ScoreFolder, RefusesAnEmptyFolder) {
  tests::refusal(ErrorCode::kNotFound, [&] { score(); });
  tests::refusal(ErrorCode::kNotFound, [&] {
    score_folder(network_, folder() / "none", folder(), Cancellation(), [](const ScoredPicture&) {});
  });
}

TEST_F(ScoreFolder, RefusesATinyPicture) {
  io::write_png(folder() / "a.png", {.width = 8, .height = 8, .channels = 3, .pixels = std::vector<std::uint8_t>(192)});
  put_caption("a", painter::caption(character_));
  tests::refusal(ErrorCode::kInvalidArgument, [&] { score(); });
}

TEST(Differences, NameWhatIsSeenAndWhatShouldBe) {
  painter::Character wished, seen;
  wished.hair_color = painter::HairColor::kBlue;
  wished.expression = seen.expression = painter::Expression::kClosedEyes;
  seen.hair_color = painter::HairColor::kRed;
  ScoredPicture picture{.path = "a.png", .answers = targets_of(seen), .targets = targets_of(wished)};
  for (std::int64_t& answer : picture.answers) answer = std::max<std::int64_t>(answer, 0);  // a judge always answers
  EXPECT_EQ(differences(picture), "hair color red, not blue");
  picture.targets = targets_of(seen);
  EXPECT_EQ(differences(picture), "");
}

TEST(PromptOfInfotext, EndsBeforeNegativeAndSettings) {
  EXPECT_EQ(prompt_of_infotext("1girl, sky\nNegative prompt: bad\nSteps: 20"), "1girl, sky");
  EXPECT_EQ(prompt_of_infotext("1girl, sky\nSteps: 20, Seed: 1"), "1girl, sky");
  EXPECT_EQ(prompt_of_infotext("1girl"), "1girl");
}

}  // namespace
}  // namespace fude::judge
