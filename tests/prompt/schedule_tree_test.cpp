#include "prompt/schedule_tree.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace fude::prompt {
namespace {

using Kind = ScheduleTree::Kind;

std::ptrdiff_t count(std::u32string_view text, Kind kind) {
  const auto tree = ScheduleTree::parse(text);
  return tree ? std::ranges::count(tree->nodes(), kind, &ScheduleTree::Node::kind) : -1;
}

TEST(ScheduleTree, FindsChangesAndAlternatives) {
  EXPECT_EQ(count(U"a [b:c:2] [d:0.5] [::3]", Kind::kChange), 3);
  EXPECT_EQ(count(U"[a|[b|c]]", Kind::kAlternate), 2);
  EXPECT_EQ(count(U"[a] (b:1.2) [c:d]", Kind::kChange), 0);
}

TEST(ScheduleTree, RefusesTextOutsideOfTheLanguage) {
  for (const char32_t* text : {U"|", U"(a|b)", U"[a|b:2]", U"[a|b", U"\\", U"a\\\nb"})
    EXPECT_EQ(count(text, Kind::kText), -1);
}

TEST(ScheduleTree, KeepsTheNumberAsWritten) {
  const std::u32string text = U"[a: 1e1 ]";
  const auto tree = ScheduleTree::parse(text);
  ASSERT_TRUE(tree);
  const auto change = std::ranges::find(tree->nodes(), Kind::kChange, &ScheduleTree::Node::kind);
  ASSERT_NE(change, tree->nodes().end());
  EXPECT_EQ(change->when, U"1e1");
}

}  // namespace
}  // namespace fude::prompt
