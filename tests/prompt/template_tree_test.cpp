#include "prompt/template_tree.h"

#include <gmock/gmock.h>

namespace fude::prompt {
namespace {

using Kind = TemplateTree::Kind;
using Method = TemplateTree::Method;

/// The one construct of a text that is nothing else.
TemplateTree::Node only(std::string_view text) {
  const TemplateTree tree = TemplateTree::parse(text);
  const auto& children = tree.nodes()[tree.root()].children;
  EXPECT_EQ(children.size(), 1u) << text;
  return children.empty() ? TemplateTree::Node{} : tree.nodes()[children[0]];
}

TEST(TemplateTree, KnowsTextsWithNothingToDraw) {
  for (const char* text : {"",
                           "1girl, sky",
                           "a {b} <lora:x:1>",
                           "a [{b|d{:.5] c",
                           "snake_case __",
                           "____",
                           "__ __",
                           "{}",
                           "$ {",
                           "}{",
                           "{a|b",
                           "a|b",
                           "\\{a|b\\}",
                           "__a, b__",
                           "${}",
                           "${1=2",
                           "__a(b)__",
                           "__a(__",
                           "{{a}}",
                           "a__b"}) {
    EXPECT_TRUE(TemplateTree::parse(text).is_plain()) << text;
  }
  for (const char* text : {"{a|b}", "{|}", "x{2$$a}", "__a__", "${a}", "{{a|b}}", "{a} {b|c}", "[{b|d}:x:.5]"}) {
    EXPECT_FALSE(TemplateTree::parse(text).is_plain()) << text;
  }
}

TEST(TemplateTree, ReadsVariants) {
  const auto variant = only("{0.5::a|b||2::c{d|e}}");
  EXPECT_EQ(variant.kind, Kind::kVariant);
  ASSERT_EQ(variant.options.size(), 4u);
  EXPECT_EQ(variant.options[0].weight, 0.5);
  EXPECT_EQ(variant.options[1].weight, 1);
  EXPECT_EQ(variant.options[3].weight, 2);
  EXPECT_EQ(variant.fewest, 1u);
  EXPECT_EQ(variant.most, 1u);
}

TEST(TemplateTree, ReadsCountsAndSeparators) {
  const auto check = [](const char* text, std::size_t fewest, std::size_t most, std::string_view separator) {
    const auto variant = only(text);
    EXPECT_EQ(variant.fewest, fewest) << text;
    EXPECT_EQ(variant.most, most) << text;
    EXPECT_EQ(variant.separator, separator) << text;
  };
  check("{2$$a|b}", 2, 2, ", ");
  check("{1-3$$ and $$a|b}", 1, 3, " and ");
  check("{-2$$a|b}", 1, 2, ", ");
  check("{2-$$a|b}", 2, 9999, ", ");
  check("{3-1$$a|b}", 1, 3, ", ");
  check("{0$$ | $$a|b}", 0, 0, " | ");
  check("{99999999999999999999$$a|b}", 9999, 9999, ", ");
  EXPECT_EQ(only("{-$$a|b}").options.size(), 2u);  // no number: the signs are text
}

TEST(TemplateTree, ReadsMethods) {
  EXPECT_EQ(only("{~a|b}").method, Method::kRandom);
  EXPECT_EQ(only("{@a|b}").method, Method::kCyclical);
  EXPECT_EQ(only("{!a|b}").method, Method::kCombinatorial);
  EXPECT_EQ(only("__~a__").method, Method::kRandom);
  EXPECT_EQ(only("__@a__").method, Method::kCyclical);
}

TEST(TemplateTree, ReadsWildcards) {
  EXPECT_EQ(only("__people/hair-*_1__").text, "people/hair-*_1");
  EXPECT_EQ(only("__猫 の色__").text, "猫 の色");
  EXPECT_EQ(only("__a/${b}__").text, "a/${b}");
  const auto values = only("__a(season=winter, place = old town)__").values;
  EXPECT_THAT(values, testing::ElementsAre(testing::Pair("season", "winter"), testing::Pair("place", "old town")));
  EXPECT_TRUE(TemplateTree::parse("__" + std::string(256, 'a') + "__").is_plain());
}

TEST(TemplateTree, ReadsVariables) {
  EXPECT_EQ(only("${a}").kind, Kind::kVariable);
  EXPECT_TRUE(only("${a}").children.empty());
  EXPECT_EQ(only("${ a :b}").children.size(), 1u);
  EXPECT_EQ(only("${a=b}").kind, Kind::kAssignment);
  EXPECT_TRUE(only("${a=!b}").is_immediate);
  EXPECT_TRUE(only("${a?=!b}").keeps_existing);
  EXPECT_FALSE(only("${a=b}").keeps_existing);
}

// Time grows with the number of nodes and the length; the depth is bounded.
TEST(TemplateTree, StaysLinearOnHostileTexts) {
  const auto repeat = [](std::string_view part, std::size_t length) {
    std::string text;
    while (text.size() < length) text += part;
    return text;
  };
  for (const char* part : {"{",  "}",     "{a|",   "{2$$", "__", "__a(", "__a(b=", "${",     "${a=", "\\",
                           "{}", "{a|b}", "__a__", "|",    "$$", "{a|b", "_",      "${x=!{", "::",   "{0.5::"}) {
    const std::string text = repeat(part, 1 << 20);
    EXPECT_LE(TemplateTree::parse(text).nodes().size(), 4 * text.size()) << part;
  }
  const std::string nested = repeat("{a|", 30'000) + repeat("}", 10'000);
  EXPECT_LE(TemplateTree::parse(nested).nodes().size(), 4 * nested.size());
}

}  // namespace
}  // namespace fude::prompt
