#include "pipelines/engine_options.h"

#include <gmock/gmock.h>
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

TEST(ChooseEngine, RoundsABfloat16EngineToEightBits) {
  if (!ops::cpu::multiplies_int8(ops::cpu::instruction_set())) GTEST_SKIP() << "no products in 8 bits";
  const EngineOptions engine = choose_engine("cpu", "int8");
  EXPECT_EQ(engine.type, at::kBFloat16);
  EXPECT_TRUE(engine.multiplies_int8);
  EXPECT_EQ(precision_name(engine), "int8");
  EXPECT_FALSE(choose_engine("cpu", "bf16").multiplies_int8);
}

TEST(RequireInt8, SaysWhatIsThereAndWhatToUseInstead) {
  using ops::cpu::InstructionSet;
  const auto refusal = [](at::Device device, InstructionSet set) -> std::string {
    try {
      require_int8(device, set);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal(at::kCPU, InstructionSet::kAvx2), testing::HasSubstr("'avx2' is in use here; use bf16 or fp32"));
  if (!ops::cpu::multiplies_int8(InstructionSet::kAmx)) {
    EXPECT_THAT(refusal(at::kCPU, InstructionSet::kAmx), testing::HasSubstr("'amx' is in use here; use bf16"));
  }
  EXPECT_THAT(refusal(at::kCUDA, InstructionSet::kAvx512), testing::HasSubstr("expected fp16"));
}

TEST(ChooseEngine, RefusesAGpuThatIsNotThere) {
  if (at::hasCUDA()) GTEST_SKIP() << "there is a GPU here";
  EXPECT_THROW(choose_engine("cuda:0", "fp32"), Error);
}

}  // namespace
}  // namespace fude::pipelines
