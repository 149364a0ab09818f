#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>
#include <vector>

#include "apps/fude/command.h"
#include "apps/fude/prompt_report.h"
#include "core/error.h"
#include "core/unicode.h"
#include "tests/apps/command_output.h"

namespace fude::apps {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::string output_of(std::vector<std::string> words) {
  words.insert(words.begin(), "prompt");
  return tests::output_of(add_prompt_command, std::move(words));
}

json json_of(std::vector<std::string> words) {
  words.push_back("--json");
  return json::parse(output_of(words));
}

TEST(PromptCommand, PrintsJsonInTheSpecifiedShape) {
  const json report = json_of({"<lora:x:0.5>a (cat:1.2) BREAK [b:c:0.5] AND d :2", "--steps", "8"});
  EXPECT_EQ(report.at("networks"), json::parse(R"([{"kind":"lora","name":"x","args":["0.5"]}])"));
  EXPECT_EQ(report.at("parts"), json::parse(R"([
      {"text":"a (cat:1.2) BREAK [b:c:0.5]","weight":1.0,
       "schedules":[[4,"a (cat:1.2) BREAK b"],[8,"a (cat:1.2) BREAK c"]]},
      {"text":" d","weight":2.0,"schedules":[[8," d"]]}])"));
  EXPECT_EQ(report.at("attention"), json::parse(R"([["a ",1.0],["cat",1.2],["",1.0],["BREAK",-1],["b",1.0]])"));
  EXPECT_EQ(report.at("token_count"), 76);
  EXPECT_EQ(report.at("chunks").size(), 2u);
  EXPECT_EQ(report.at("chunks")[0].at("tokens").size(), 77u);
  EXPECT_EQ(report.at("chunks")[0].at("multipliers")[2], 1.2);
}

TEST(PromptCommand, TokenizesTheWholeTextAsItStands) {
  EXPECT_EQ(json_of({"<b>&amp;</b>"}).at("tokens"), json({283, 321, 29, 261, 6259, 26, 34308, 321, 285}));
  EXPECT_EQ(json_of({"<b>&amp;</b>", "--tokenizer", "sd2"}).at("tokens"), json({283, 321, 29, 5, 34308, 321, 285}));
}

TEST(PromptCommand, ObeysSettings) {
  EXPECT_EQ(json_of({"(a) #b", "--set", "emphasis=None", "--set", "enable_prompt_comments=false"}).at("attention"),
            json::parse(R"([["(a) #b",1.0]])"));
  const json old_rule = json_of({"[a:b:1.0]", "--set", "use_old_scheduling=true"});
  EXPECT_EQ(old_rule.at("parts")[0].at("schedules")[0][0], 1);
}

TEST(PromptCommand, CountsModelCalls) {
  EXPECT_EQ(json_of({"[a:b:0.5]", "--second-order"}).at("parts")[0].at("schedules")[0][0], 20);
  EXPECT_EQ(json_of({"[a:b:1.5]", "--hires-steps", "6"}).at("parts")[0].at("schedules")[0][0], 3);
  EXPECT_EQ(json_of({"[a:b:1.5]", "--hires-steps", "0"}).at("parts")[0].at("schedules")[0][0], 10);
}

TEST(PromptCommand, ReadsStandardInput) {
  std::istringstream input(std::string("a\0\n# comment", 12));
  std::streambuf* before = std::cin.rdbuf(input.rdbuf());
  const json report = json_of({"-"});
  std::cin.rdbuf(before);
  EXPECT_EQ(report.at("attention"), json::array({json::array({std::string("a\0", 2), 1.0})}));
}

TEST(PromptCommand, SurvivesBrokenUtf8) { EXPECT_EQ(json_of({"a\xFF"}).at("parts")[0].at("text"), "a\xEF\xBF\xBD"); }

TEST(PromptCommand, ExpandsTemplatesOnlyWhenAsked) {
  EXPECT_EQ(json_of({"{a|b}"}).at("parts")[0].at("text"), "{a|b}");
  EXPECT_FALSE(json_of({"{a|b}"}).contains("expansions"));
  const json all = json_of({"{a|b} {c|d}", "--expand", "3", "--combinatorial", "--seed", "7"});
  EXPECT_EQ(all.at("template"), "{a|b} {c|d}");
  EXPECT_EQ(all.at("expansions"),
            json::parse(R"([{"seed":7,"text":"a c"},{"seed":8,"text":"a d"},{"seed":9,"text":"b c"}])"));
  EXPECT_EQ(all.at("parts")[0].at("text"), "a c");
  EXPECT_EQ(json_of({"{a|b|c}", "--expand", "4"}).at("expansions").size(), 4u);
  EXPECT_THAT(output_of({"{a|a}", "--expand", "2"}), HasSubstr("  1             a\n"));
}

TEST(PromptCommand, RefusesWrongValues) {
  EXPECT_THROW(output_of({}), CLI::ParseError);
  EXPECT_THROW(output_of({"a", "--steps", "0"}), CLI::ParseError);
  EXPECT_THROW(output_of({"a", "--tokenizer", "t5"}), CLI::ParseError);
  EXPECT_THROW(output_of({"a", "--set", "emphasis"}), Error);
  EXPECT_THROW(output_of({"a", "--set", "emphasis=much"}), Error);
  try {
    output_of({"a", "--set", "emphasys=None"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'emphasis'"));
  }
}

TEST(PromptCommand, PrintsLinesOfAtMostEightyColumns) {
  std::string text =
      "<lora:" + std::string(200, 'x') + ":1> ((masterpiece)), \x1b[31m " + std::string(200, 'y') + " AND [a|";
  for (int i = 0; i < 60; ++i) text += "猫 sky, ";
  const std::string out = output_of({text + "]:2 BREAK"});
  EXPECT_THAT(out, HasSubstr("Networks"));
  EXPECT_THAT(out, HasSubstr("1.210"));
  EXPECT_EQ(out.find('\x1b'), out.npos);
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) {
    int columns = 0;
    for (char32_t c : decode_utf8(line)) columns += display_width(c);
    EXPECT_LE(columns, 80) << line;
  }
}

}  // namespace
}  // namespace fude::apps
