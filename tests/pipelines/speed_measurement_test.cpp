#include "pipelines/speed_measurement.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "ops/packing.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

GenerationRequest tiny_request() {
  GenerationRequest request;
  request.model = tests::tiny_model("micro-sd1").string();
  request.prompt = "sky";
  request.width = request.height = 64;
  request.steps = 3;
  request.sampler = "Euler a";
  normalise(request);
  resolve_seeds(request);
  return request;
}

TEST(MeasureSpeed, TimesEveryStageOfEveryRun) {
  int done = 0, total = 0;
  const SpeedReport report = measure_speed(ModelLibrary("no-such-folder"), tiny_request(), {}, 2, [&](int d, int t) {
    done = d;
    total = t;
  });
  EXPECT_EQ(done, 6);
  EXPECT_EQ(total, 6);
  EXPECT_EQ(report.model, "micro-sd1");
  EXPECT_EQ(report.precision, "fp32");
  EXPECT_EQ(report.width, 64);
  EXPECT_GT(report.load, 0);
  ASSERT_EQ(report.runs.size(), 2u);
  for (const RunSeconds& run : report.runs) {
    ASSERT_EQ(run.steps.size(), 3u);
    double stages = run.text + run.decode;
    for (const double step : run.steps) {
      EXPECT_GT(step, 0);
      stages += step;
    }
    EXPECT_GE(run.picture, stages * 0.99);
  }
  EXPECT_LE(report.best_step(), report.step());
  EXPECT_LE(report.picture(), report.runs.front().picture);
}

TEST(MeasureSpeed, TellsTheBytesOfPackedWeightsWhichDoNotGrow) {
  if (!ops::packs(at::kFloat, at::kCPU)) GTEST_SKIP() << "no kernels for this processor";
  const std::size_t before = ops::cpu::packed_weights_bytes();
  const auto bytes = [] {
    return measure_speed(ModelLibrary("no-such-folder"), tiny_request(), {}, 1, [](int, int) {}).packed_weights_bytes;
  };
  const std::uint64_t first = bytes();
  EXPECT_GT(first, before);
  EXPECT_EQ(bytes(), first);
  EXPECT_EQ(ops::cpu::packed_weights_bytes(), before);
}

TEST(MeasureSpeed, CountsBothHalvesOfTheGuidance) {
  GenerationRequest request = tiny_request();
  const auto operations = [&] {
    return measure_speed(ModelLibrary("no-such-folder"), request, {}, 1, [](int, int) {}).step_operations;
  };
  const double guided = operations();
  request.cfg_scale = 1;
  EXPECT_DOUBLE_EQ(guided, 2 * operations());
}

TEST(MeasureSpeed, StopsWhenAskedTo) {
  EXPECT_THROW(measure_speed(ModelLibrary("no-such-folder"), tiny_request(), {}, 1,
                             [](int, int) { fail(ErrorCode::kCancelled, "interrupted"); }),
               Error);
}

TEST(SpeedReport, TakesTheMiddleStepAndTheBestOfTheStages) {
  const SpeedReport report{.runs = {{.text = 2, .steps = {9, 3, 3}, .decode = 5, .picture = 20},
                                    {.text = 1, .steps = {4, 2}, .decode = 6, .picture = 13}}};
  EXPECT_EQ(report.step(), 3);
  EXPECT_EQ(report.best_step(), 2);
  EXPECT_EQ(report.text(), 1);
  EXPECT_EQ(report.decode(), 5);
  EXPECT_EQ(report.picture(), 13);
}

}  // namespace
}  // namespace fude::pipelines
