#include "apps/fude/bench_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace fude::apps {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

BenchReport example() {
  BenchReport report{.device = "A Processor With A Rather Long Name (TM) 9999 @ 9.99 GHz, of many words",
                     .instruction_set = "avx512-bf16",
                     .threads = 2};
  report.request.sampler = "Euler a";
  report.request.steps = 2;
  report.request.cfg_scale = 7;
  report.speed = {.model = "random-sd15",
                  .precision = "bf16",
                  .width = 512,
                  .height = 512,
                  .load = 1.5,
                  .runs = {{.text = 0.05, .steps = {1, 0.8}, .decode = 1.25, .picture = 4}},
                  .packed_weights_bytes = std::uint64_t{2} << 30,
                  .step_operations = 400e9,
                  .decode_operations = 250e9};
  report.peak = ops::cpu::PeakRate{.one_thread = 500e9, .all_threads = 1000e9};
  report.peak_memory = std::uint64_t{3} << 30;
  return report;
}

TEST(BenchTable, ShowsEachStageAndItsShareOfThePeak) {
  const std::string table = bench_table(example());
  EXPECT_THAT(table, HasSubstr("random-sd15, 512x512, 2 steps of Euler a, CFG 7, bf16"));
  EXPECT_THAT(table, HasSubstr("1000 GFLOP/s in registers, 500 with one thread"));
  EXPECT_THAT(table, HasSubstr("best step   0.80 s    400 GFLOP at 500 GFLOP/s: 50 % of the peak"));
  EXPECT_THAT(table, HasSubstr("decode      1.25 s    250 GFLOP at 200 GFLOP/s: 20 % of the peak"));
  EXPECT_THAT(table, HasSubstr("text        0.050 s   two prompts"));
  EXPECT_THAT(table, HasSubstr("memory      3072 MB at most, 2048 MB of them packed weights"));
}

TEST(BenchTable, FitsEightyColumns) {
  std::istringstream lines(bench_table(example()));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST(BenchTable, LeavesOutAPeakThatIsNotKnown) {
  BenchReport report = example();
  report.peak.reset();
  EXPECT_THAT(bench_table(report), HasSubstr("not measured here"));
  EXPECT_THAT(bench_table(report), Not(HasSubstr("%")));
  EXPECT_TRUE(bench_json(report)["share_of_peak"].is_null());
}

TEST(BenchJson, TellsTheShareOfThePeak) {
  const auto json = bench_json(example());
  EXPECT_DOUBLE_EQ(json["share_of_peak"]["step"], 0.4);
  EXPECT_DOUBLE_EQ(json["peak_operations_per_second"]["one_thread"], 500e9);
  EXPECT_DOUBLE_EQ(json["operations_per_second"]["decode"], 200e9);
}

TEST(BenchReport, TellsTheMemoryOfPackedWeightsWhereThereAreAny) {
  BenchReport report = example();
  EXPECT_EQ(bench_json(report)["packed_weights_bytes"], std::uint64_t{2} << 30);
  report.speed.packed_weights_bytes = 0;
  EXPECT_EQ(bench_json(report)["packed_weights_bytes"], 0);
  EXPECT_THAT(bench_table(report), Not(HasSubstr("packed")));
}

}  // namespace
}  // namespace fude::apps
