#include "apps/fude/usage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <vector>

namespace fude::apps {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Usage : public ::testing::Test {
 protected:
  CLI::App app_{"draws"};
  int steps_ = 20, width_ = 0;

  void SetUp() override {
    set_up_help(app_);
    app_.require_subcommand(1);
    CLI::App* paint = app_.add_subcommand("paint", "draws pictures");
    paint->add_option("--steps", steps_,
                      "how often the brush touches the paper before the picture is called done, "
                      "1..150, default 20");
    CLI::App* frame = app_.add_subcommand("frame", "frames pictures");
    frame->require_subcommand(1);
    frame->add_subcommand("wood", "in wood")->add_option("WIDTH", width_, "how wide")->required();
  }

  std::string refusal(std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());
    try {
      app_.parse(words);
    } catch (const CLI::ParseError& error) {
      return usage_error(app_, error);
    }
    return "accepted";
  }
};

TEST_F(Usage, NamesTheNearestFlag) {
  EXPECT_EQ(refusal({"paint", "--stpes", "3"}),
            "unknown flag '--stpes', did you mean '--steps'? See 'fude paint --help'");
}

TEST_F(Usage, NamesTheNearestCommand) {
  EXPECT_EQ(refusal({"pant"}), "unknown command 'pant', did you mean 'paint'? See 'fude --help'");
}

TEST_F(Usage, TellsThatWordsBelongInQuotes) {
  EXPECT_EQ(refusal({"frame", "wood", "3", "oak,", "dark"}),
            "unknown argument 'oak,', more than the command takes: put words that belong together in \"quotes\". "
            "See 'fude frame wood --help'");
}

TEST_F(Usage, AsksForACommand) { EXPECT_THAT(refusal({}), HasSubstr("a command is missing, expected one of paint")); }

TEST_F(Usage, KnowsCommandsOfCommands) {
  EXPECT_EQ(refusal({"frame", "wod"}), "unknown command 'wod', did you mean 'wood'? See 'fude frame --help'");
  EXPECT_EQ(refusal({"frame"}), "a command is missing, expected one of wood. See 'fude frame --help'");
  EXPECT_THAT(refusal({"frame", "wood"}), HasSubstr("WIDTH is required. See 'fude frame wood --help'"));
}

TEST_F(Usage, TellsTheFlagOfAWrongValue) { EXPECT_THAT(refusal({"paint", "--steps", "many"}), HasSubstr("--steps")); }

TEST_F(Usage, HelpFitsEightyColumns) {
  std::istringstream help(app_.get_subcommand("paint")->help());
  for (std::string line; std::getline(help, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST_F(Usage, ShowsNoInnerWorksOfFlags) {
  CLI::App* paint = app_.get_subcommand("paint");
  bool is_framed = true;
  paint->add_option("--coats", steps_, "of paint")->check(CLI::Range(1, 9))->type_name("N");
  paint->add_flag("!--no-frame", is_framed, "paint alone");
  EXPECT_THAT(paint->help(), HasSubstr("  --coats N               of paint\n"));
  EXPECT_THAT(paint->help(), HasSubstr("  --no-frame              paint alone\n"));
}

}  // namespace
}  // namespace fude::apps
