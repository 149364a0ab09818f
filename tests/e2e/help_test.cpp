#include <gmock/gmock.h>

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

TEST(HelpOfTheProgram, TellsTheVersion) {
  const ProgramResult result = run_fude({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, testing::MatchesRegex("fude [0-9]+[.][0-9]+[.][0-9]+\n"));
}

}  // namespace
}  // namespace fude::tests
