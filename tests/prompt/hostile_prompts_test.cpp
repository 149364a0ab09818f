#include <gmock/gmock.h>

#include <array>
#include <utility>

#include "core/unicode.h"
#include "prompt/attention.h"
#include "prompt/plan.h"
#include "prompt/schedule_tree.h"
#include "prompt/template_tree.h"

namespace fude::prompt {
namespace {

// What people and fuzzers paste: brackets of all kinds that never match, match too late, or hold each other.
constexpr std::array kParts{"[",   "]",   "(",       ")",     "|",       ":",       "\\",       "[a|",
                            "[a:", ":3]", "[[",      "[]",    "[a|b]",   "[a:b:3]", "[a::0.5]", "(a:1.2)",
                            "((a", "[(a", "BREAK",   " AND ", "AND :1 ", "<lora:",  "<a:b>",    "#",
                            "#\n", "{a|", "{2$$a|b", "__a__", "${a=",    ": ",      ":1",       "[a:b:1e",
                            "\\[", "a,",  "[b:(c:",  "]:2]",  "[a|[b|",  "|]",      "{[(",      "\xFF"};

std::string repeated(std::string_view part, std::size_t length) {
  std::string text;
  while (text.size() < length) text += part;
  return text;
}

/// Everything that is kept of a schedule: its nodes and what holds them together.
std::size_t size_of_tree(std::string_view text) {
  const std::u32string wide = decode_utf8(text);
  const auto tree = ScheduleTree::parse(wide);
  std::size_t size = 0;
  if (!tree) return size;
  for (const auto& node : tree->nodes()) size += 1 + node.children.size();
  return size;
}

std::size_t size_of_template(std::string_view text) {
  std::size_t size = 0;
  const TemplateTree tree = TemplateTree::parse(text);
  for (const auto& node : tree.nodes()) {
    size += 1 + node.children.size() + node.options.size() + node.values.size() + node.text.size();
  }
  return size;
}

std::size_t size_of_pieces(std::string_view text) {
  std::size_t size = 0;
  for (const auto& piece : parse_attention(text)) size += 1 + piece.text.size();
  return size;
}

// Twice the text is at most twice as much to keep, and so to make: nothing is made and thrown away here.
TEST(HostilePrompts, TakeRoomInProportionToTheirLength) {
  constexpr std::size_t kLength = 1 << 15;
  for (const char* part : kParts) {
    const std::string text = repeated(part, kLength), twice = repeated(part, 2 * kLength);
    for (const auto size : {size_of_tree, size_of_template, size_of_pieces}) {
      EXPECT_LE(size(text), 8 * text.size()) << part;
      EXPECT_LE(size(twice), 2 * size(text) + 64) << part;
    }
  }
}

TEST(HostilePrompts, AreReadWholeAtAMegabyte) {
  for (const char* part : {"[a|", "[[", "(", "[a:b:3]", "\\(", " AND ", "<lora:", "{a|b}"}) {
    const std::string text = repeated(part, 1 << 20);
    const PromptPlan plan = plan_prompt(text, {.schedule = {.steps = 4}});
    ASSERT_FALSE(plan.parts.empty()) << part;
    std::size_t size = 0;
    for (const PromptPart& each : plan.parts) {
      EXPECT_LE(each.schedules.size(), 4u) << part;
      for (const ScheduleEntry& entry : each.schedules) size += entry.text.size();
    }
    EXPECT_LE(size, 4 * text.size()) << part;
  }
}

TEST(HostilePrompts, NestTenThousandBrackets) {
  constexpr std::size_t kDepth = 10'000;
  const std::array<std::pair<const char*, const char*>, 6> pairs{
      {{"[a|", "]"}, {"[a:", ":3]"}, {"(", ":1.1)"}, {"[", "]"}, {"{a|", "}"}, {"([{", "}])"}}};
  for (const auto& [open, close] : pairs) {
    const std::string text = repeated(open, kDepth * std::string_view(open).size()) + "x" +
                             repeated(close, kDepth * std::string_view(close).size());
    EXPECT_LE(size_of_tree(text), 8 * text.size()) << open;
    EXPECT_LE(size_of_template(text), 8 * text.size()) << open;
    EXPECT_LE(size_of_pieces(text), 8 * text.size()) << open;
    EXPECT_LE(plan_prompt(text, {.schedule = {.steps = 20}}).parts.front().schedules.size(), 20u) << open;
  }
}

}  // namespace
}  // namespace fude::prompt
