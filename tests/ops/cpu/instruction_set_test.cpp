#include "ops/cpu/instruction_set.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace fude::ops::cpu
