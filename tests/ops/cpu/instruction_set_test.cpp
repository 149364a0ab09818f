#include "ops/cpu/instruction_set.h"

#include <gtest/gtest.h>

#include "ops/cpu/lesser_kernels.h"
#include "tests/support/refusal.h"

namespace fude::ops::cpu {
namespace {

TEST(InstructionSet, EveryNameIsReadBack) {
  for (int i = 0; i <= static_cast<int>(InstructionSet::kAmx); ++i) {
    const auto set = static_cast<InstructionSet>(i);
    EXPECT_EQ(parse_instruction_set(name_of(set)), set);
  }
  EXPECT_EQ(parse_instruction_set("sse"), std::nullopt);
  EXPECT_EQ(parse_instruction_set(""), std::nullopt);
}

TEST(InstructionSet, NeverClaimsMoreThanTheProcessorHas) {
  EXPECT_LE(instruction_set(), detected_instruction_set());
  const std::vector<InstructionSet> sets = available_instruction_sets();
  EXPECT_EQ(sets.size(), static_cast<std::size_t>(detected_instruction_set()));
  if (!sets.empty()) {
    EXPECT_EQ(sets.back(), detected_instruction_set());
  }
}

TEST(LesserKernels, AreTakenWhileTheyAreAskedFor) {
  const InstructionSet usual = instruction_set();
  {
    const LesserKernels none(InstructionSet::kPortable);
    EXPECT_EQ(instruction_set(), InstructionSet::kPortable);
    if (usual > InstructionSet::kPortable) {
      tests::refusal(ErrorCode::kInvalidArgument, [&] { const LesserKernels more(usual); });
    }
    const LesserKernels same(InstructionSet::kPortable);
  }
  EXPECT_EQ(instruction_set(), usual);
}

}  // namespace
}  // namespace fude::ops::cpu
