#include "pipelines/engine_options.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "ops/cpu/instruction_set.h"

namespace fude::pipelines {
namespace {

TEST(ChooseEngine, TakesTheProcessorWhenThereIsNoGpuInThePrecisionItIsFastIn) {
  if (at::hasCUDA()) GTEST_SKIP() << "there is a GPU here";
  const EngineOptions engine = choose_engine("auto", "auto");
  EXPECT_TRUE(engine.device.is_cpu());
  const bool is_fast_in_bf16 = ops::cpu::multiplies_bf16(ops::cpu::instruction_set());
  EXPECT_EQ(engine.type, is_fast_in_bf16 ? at::kBFloat16 : at::kFloat);
}

TEST(ChooseEngine, TakesThePrecisionThatWasAskedFor) {
  EXPECT_EQ(choose_engine("cpu", "bf16").type, at::kBFloat16);
  EXPECT_EQ(choose_engine("cpu", "fp32").type, at::kFloat);
}

TEST(ChooseEngine, RefusesHalfPrecisionOnAProcessor) { EXPECT_THROW(choose_engine("cpu", "fp16"), Error); }

TEST(ChooseEngine, RefusesAGpuThatIsNotThere) {
  if (at::hasCUDA()) GTEST_SKIP() << "there is a GPU here";
  EXPECT_THROW(choose_engine("cuda:0", "fp32"), Error);
}

}  // namespace
}  // namespace fude::pipelines
