#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "apps/fude/command.h"
#include "core/error.h"
#include "tests/apps/command_output.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"

namespace fude::apps {
namespace {

using ::testing::HasSubstr;

std::string run(std::vector<std::string> words) {
  words.insert(words.begin(), "bench");
  words.insert(words.end(), {"--data-dir", "no-such-folder"});
  return tests::output_of(add_bench_command, std::move(words));
}

TEST(BenchCommand, MeasuresAModel) {
  const auto json =
      nlohmann::json::parse(run({"--model", tests::tiny_model("micro-sd1").string(), "--size", "64x128", "--steps", "2",
                                 "--runs", "2", "--precision", "fp32", "--threads", "1", "--device", "cpu", "--json"}));
  EXPECT_EQ(json["model"], "micro-sd1");
  EXPECT_EQ(json["width"], 64);
  EXPECT_EQ(json["height"], 128);
  EXPECT_EQ(json["steps"], 2);
  EXPECT_EQ(json["sampler"], "Euler a");
  EXPECT_EQ(json["precision"], "fp32");
  EXPECT_EQ(json["threads"], 1);
  EXPECT_EQ(json["runs"].size(), 2u);
  EXPECT_EQ(json["runs"][1]["steps"].size(), 2u);
  for (const char* stage : {"load", "text", "step", "best_step", "decode", "picture"})
    EXPECT_GT(json["seconds"][stage], 0.0) << stage;
  EXPECT_GT(json["operations"]["step"], 0.0);
  EXPECT_GT(json["peak_rss_bytes"], 0);
  EXPECT_LT(json["packed_weights_bytes"], json["peak_rss_bytes"]);
}

TEST(BenchCommand, TakesOneNumberForASquare) {
  const std::string text =
      run({"--model", tests::tiny_model("micro-sd1").string(), "--size", "64", "--steps", "1", "--device", "cpu"});
  EXPECT_THAT(text, HasSubstr("micro-sd1, 64x64, 1 steps of Euler a, CFG 7"));
}

TEST(BenchCommand, RefusesAModelThatIsNotThere) {
  EXPECT_THAT(tests::refusal(ErrorCode::kNotFound, [] { run({"--model", "random-sd16"}); }), HasSubstr("random-sd16"));
}

TEST(BenchCommand, RefusesASizeThatIsNone) {
  EXPECT_THROW(run({"--size", "big"}), Error);
  EXPECT_THROW(run({"--size", "64x"}), Error);
  EXPECT_THROW(run({"--size", "65"}), Error);
}

TEST(BenchCommand, RefusesRunsAndStepsOutOfRange) {
  EXPECT_THROW(run({"--steps", "0"}), CLI::ParseError);
  EXPECT_THROW(run({"--runs", "0"}), CLI::ParseError);
}

}  // namespace
}  // namespace fude::apps
