#include "ops/cpu/peak_rate.h"

#include <gtest/gtest.h>

namespace fude::ops::cpu {
namespace {

TEST(MeasurePeakRate, MeasuresEverySetOfThisProcessor) {
  for (const InstructionSet set : available_instruction_sets()) {
    for (const Products products : {Products::kFloat, Products::kBfloat16}) {
      const auto rate = measure_peak_rate(set, products, 1);
      ASSERT_TRUE(rate.has_value()) << name_of(set);
      // Far below any processor that has these instructions, far above a loop that does nothing of the kind.
      EXPECT_GT(rate->one_thread, 1e9) << name_of(set);
      EXPECT_LT(rate->one_thread, 1e14) << name_of(set);
      EXPECT_EQ(rate->all_threads, rate->one_thread);
    }
  }
}

TEST(MeasurePeakRate, IsAbsentWithoutKernels) {
  EXPECT_FALSE(measure_peak_rate(InstructionSet::kPortable, Products::kFloat, 1).has_value());
}

}  // namespace
}  // namespace fude::ops::cpu
