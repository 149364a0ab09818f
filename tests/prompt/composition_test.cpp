#include "prompt/composition.h"

#include <gmock/gmock.h>

#include "golden_cases.h"

namespace fude::prompt {
namespace {

using Parts = std::vector<WeightedText>;

TEST(SplitComposition, MatchesGolden) {
  for (const auto& expected : golden_cases("prompt_parser.json", "multicond")) {
    Parts parts;
    for (const auto& part : expected.at("subprompts")) parts.push_back({part.at(0), part.at(1)});
    EXPECT_EQ(split_composition(expected.at("text").get<std::string>()), parts) << expected;
  }
}

TEST(SplitComposition, TakesOnlyPlainNumbersAsWeights) {
  EXPECT_EQ(split_composition("a :1e3"), (Parts{{"a :1e3", 1.0}}));
  EXPECT_EQ(split_composition("a :1.2.3"), (Parts{{"a :1.2.3", 1.0}}));
  EXPECT_EQ(split_composition("a:b:2. "), (Parts{{"a:b", 2.0}}));
  EXPECT_EQ(split_composition("a: --1"), (Parts{{"a: --1", 1.0}}));
  EXPECT_EQ(split_composition("a:"), (Parts{{"a:", 1.0}}));
}

}  // namespace
}  // namespace fude::prompt
