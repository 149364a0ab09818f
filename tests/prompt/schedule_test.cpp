#include "prompt/schedule.h"

#include <gmock/gmock.h>

#include "golden_cases.h"

namespace fude::prompt {
namespace {

using Entries = std::vector<ScheduleEntry>;

Entries schedule(std::string_view text, int steps = 10) { return parse_schedule(text, {.steps = steps}); }

TEST(ParseSchedule, MatchesGolden) {
  for (const auto& expected : golden_cases("prompt_parser.json", "schedules")) {
    Entries entries;
    for (const auto& entry : expected.at("result")) entries.push_back({entry.at(0), entry.at(1)});
    ScheduleOptions options{.steps = expected.at("steps"), .uses_old_rule = expected.at("use_old_scheduling")};
    if (!expected.at("hires_steps").is_null()) options.hires_steps = expected.at("hires_steps");
    EXPECT_EQ(parse_schedule(expected.at("text").get<std::string>(), options), entries) << expected;
  }
}

TEST(ParseSchedule, LeavesTextAloneThatFitsNoRule) {
  for (const char* text :
       {"a | b [c:d:2]", "[a:b:2] \\", "\\\n[a:b:2]", "(a|b)[c:d:2]", "[a:b|c:2]", "[(a:b:c):d:2]"}) {
    EXPECT_EQ(schedule(text), (Entries{{10, text}})) << text;
  }
}

TEST(ParseSchedule, KeepsBracketsThatAreOnlyLiteral) {
  EXPECT_EQ(schedule("](a [x:2]) [ (b"), (Entries{{2, "](a ) [ (b"}, {10, "](a x) [ (b"}}));
  EXPECT_EQ(schedule("[u (v] [x:2] w)"), (Entries{{2, "[u (v]  w)"}, {10, "[u (v] x w)"}}));
  EXPECT_EQ(schedule("(a:b) ([x:2]:1.2)"), (Entries{{2, "(a:b) (:1.2)"}, {10, "(a:b) (x:1.2)"}}));
}

TEST(ParseSchedule, ReadsNumbersInAllForms) {
  EXPECT_EQ(schedule("[x:2.]", 1)[0].last_step, 1);
  EXPECT_EQ(schedule("[x:+3]")[0].last_step, 3);
  EXPECT_EQ(schedule("[x: 1e0 ]")[0].last_step, 1);
  EXPECT_EQ(schedule("[x:5e-1]"), (Entries{{10, "x"}}));
  EXPECT_EQ(schedule("[x:1e999]"), (Entries{{10, ""}}));
  EXPECT_EQ(schedule("[x:1 2]"), (Entries{{10, "[x:1 2]"}}));
}

TEST(ParseSchedule, NestsAsDeepAsTheTextIsLong) {
  const int depth = 10'000;
  std::string open, close, nested;
  for (int i = 0; i < depth; ++i) {
    open += "[a:";
    close += ":3]";
  }
  EXPECT_EQ(schedule(open + "x" + close).size(), 2u);
  EXPECT_EQ(schedule(open), (Entries{{10, open}}));
  EXPECT_EQ(schedule(std::string(depth, '(') + std::string(depth, ']')).size(), 1u);
  for (int i = 0; i < depth; ++i) nested += "[a|";
  EXPECT_EQ(schedule(nested + std::string(depth, ']')).size(), 10u);
}

}  // namespace
}  // namespace fude::prompt
