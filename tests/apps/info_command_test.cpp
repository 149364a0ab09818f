#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>
#include <vector>

#include "apps/fude/command.h"
#include "core/error.h"
#include "io/images/png_file.h"
#include "tests/apps/command_output.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::apps {
namespace {

using testing::HasSubstr;

std::string info(std::vector<std::string> words) {
  words.insert(words.begin(), "info");
  return tests::output_of(add_info_command, std::move(words));
}

const io::Image kDot{.width = 1, .height = 1, .channels = 1, .pixels = {9}};

TEST(InfoCommand, ShowsWhatThePictureSays) {
  EXPECT_EQ(info({FUDE_GOLDEN_DIR "/images/geninfo_0.png"}),
            "Prompt\n"
            "  a cat\n"
            "\n"
            "Negative prompt\n"
            "  blurry\n"
            "\n"
            "Parameters\n"
            "  Steps          20\n"
            "  Sampler        Euler a\n"
            "  Schedule type  Automatic\n"
            "  CFG scale      7.0\n"
            "  Seed           1\n"
            "  Size           512x512\n"
            "  Model hash     0123456789\n"
            "  Model          tiny\n"
            "  Version        v1.10.1\n");
}

TEST(InfoCommand, PrintsJson) {
  const auto json = nlohmann::json::parse(info({FUDE_GOLDEN_DIR "/images/geninfo_1.png", "--json"}));
  EXPECT_EQ(json.at("parameters").at("Prompt"), "猫 line one\nline two");
  EXPECT_EQ(json.at("parameters").at("Size-1"), "512");
  EXPECT_EQ(json.at("parameters").at("RNG"), "GPU");
  EXPECT_THAT(json.at("infotext").get<std::string>(), HasSubstr("Sampler: Euler a"));
  EXPECT_EQ(json.at("items"), nlohmann::json::object());
}

TEST(InfoCommand, StaysWithinEightyColumns) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "a.txt") << std::string(30, 'p') + " " + std::string(300, 'q') << "\nSteps: 1, Seed: 2, "
                                  << std::string(60, 'k') << ": " << std::string(200, 'v');
  std::istringstream lines(info({(folder / "a.txt").string()}));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(InfoCommand, ShowsOtherTexts) {
  const tests::TemporaryFolder folder;
  io::write_png(folder / "a.png", kDot, std::vector<io::PngText>{{"Software", "a camera"}});
  EXPECT_EQ(info({(folder / "a.png").string()}), "Other texts\n  Software  a camera\n");
}

TEST(InfoCommand, SaysWhenThereIsNothing) {
  const tests::TemporaryFolder folder;
  io::write_png(folder / "a.png", kDot);
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [&] { info({(folder / "a.png").string()}); }),
              HasSubstr("says nothing of its making"));
  std::ofstream(folder / "letter.txt") << "Dear Hana,\nhow are you?";
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [&] { info({(folder / "letter.txt").string()}); }),
              HasSubstr("says nothing of its making"));
}

}  // namespace
}  // namespace fude::apps
