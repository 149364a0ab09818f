#include <gmock/gmock.h>

#include <cctype>
#include <sstream>
#include <string>

#include "tests/e2e/program.h"

namespace fude::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::SizeIs;

TEST(HelpOfTheProgram, BeginsWithMakingPicturesAndFitsATerminal) {
  const ProgramResult result = run_fude({"--help"});
  EXPECT_EQ(result.exit_code, 0);
  const std::size_t making = result.out.find("Make pictures:\n"), training = result.out.find("Train and measure:\n");
  ASSERT_NE(making, std::string::npos);
  EXPECT_LT(making, result.out.find("\n  txt2img "));
  EXPECT_LT(result.out.find("\n  txt2img "), training);
  EXPECT_LT(training, result.out.find("\n  train "));
  EXPECT_THAT(result.out, HasSubstr("fude txt2img \""));  // an example to type
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) EXPECT_THAT(line, SizeIs(Le(80)));
}

TEST(HelpOfTheProgram, FitsATerminalForEveryCommand) {
  std::istringstream help(run_fude({"--help"}).out);
  int commands = 0;
  for (std::string entry; std::getline(help, entry);) {
    const bool is_command =
        entry.starts_with("  ") && entry.size() > 2 && std::isalpha(entry[2]) != 0 && !entry.starts_with("  fude ");
    if (!is_command) continue;
    ++commands;
    const std::string name = entry.substr(2, entry.find(' ', 2) - 2);
    std::istringstream lines(run_fude({name, "--help"}).out);
    for (std::string line; std::getline(lines, line);) EXPECT_THAT(line, SizeIs(Le(80))) << name;
  }
  EXPECT_GT(commands, 20);
}

TEST(HelpOfTheProgram, TellsTheVersion) {
  const ProgramResult result = run_fude({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, testing::MatchesRegex("fude [0-9]+[.][0-9]+[.][0-9]+\n"));
}

}  // namespace
}  // namespace fude::tests
