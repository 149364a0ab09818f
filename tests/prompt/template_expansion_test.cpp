#include "prompt/template_expansion.h"

#include <gmock/gmock.h>

#include "core/error.h"

namespace fude::prompt {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

Wildcards lists() {
  Wildcards wildcards;
  wildcards.add({"colour", {{"red"}, {"green"}, {"blue"}}});
  wildcards.add({"people/hair", {{"__colour__ hair"}}});
  wildcards.add({"people/hat", {{"hat"}}});
  wildcards.add({"season", {{"${season:summer} in ${place}"}}});
  wildcards.add({"loop", {{"__loop__"}}});
  return wildcards;
}

std::string draw(const std::string& text, std::uint64_t seed = 0, std::uint64_t index = 0) {
  Wildcards wildcards = lists();
  return TemplateExpander(wildcards).draw({text, ""}, {seed, index}).prompt;
}

std::vector<std::string> all_of(const std::string& text, std::size_t limit = 1000) {
  Wildcards wildcards = lists();
  std::vector<std::string> texts;
  for (const Words& words : TemplateExpander(wildcards).combinations({text, ""}, limit, {})) {
    texts.push_back(words.prompt);
  }
  return texts;
}

std::string refusal(const std::string& text) {
  try {
    draw(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    return error.what();
  }
  return "accepted";
}

TEST(TemplateExpander, LeavesPlainTextsAlone) {
  for (const char* text : {"", "1girl, (sky:1.2), [a|b], {c}", "\\{a\\}", "a \\( b \\\\", "a__b"}) {
    EXPECT_EQ(draw(text), text);
    EXPECT_FALSE(is_template(text));
  }
}

TEST(TemplateExpander, DrawsTheSameForTheSameSeed) {
  const std::string text = "{a|b|c} {2$$d|e|f} __colour__ ${x={1|2|3}}${x}${x}";
  std::set<std::string> results;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    EXPECT_EQ(draw(text, seed), draw(text, seed, /*index=*/9));
    results.insert(draw(text, seed));
  }
  EXPECT_GT(results.size(), 30u);
}

TEST(TemplateExpander, JoinsSeveralOptions) {
  EXPECT_THAT(draw("{2$$a|b}"), AnyOf("a, b", "b, a"));
  EXPECT_THAT(draw("{2$$ and $$a|b}"), AnyOf("a and b", "b and a"));
  EXPECT_EQ(draw("{0$$a|b}."), ".");
  EXPECT_EQ(draw("{5$$a}"), "a");
  EXPECT_EQ(std::ranges::count(draw("{3$$__colour__}"), ','), 2);
}

TEST(TemplateExpander, ReadsWildcardsOfWildcards) {
  EXPECT_THAT(draw("__people/hair__"), AnyOf("red hair", "green hair", "blue hair"));
  EXPECT_THAT(draw("__PEOPLE/hat*__"), "hat");
  EXPECT_THAT(all_of("__people/*__"), ElementsAre("blue hair", "green hair", "red hair", "hat"));
  EXPECT_EQ(draw("${what=hat}__people/${what}__"), "hat");
}

TEST(TemplateExpander, KeepsAndNamesWhatIsMissing) {
  Wildcards wildcards = lists();
  TemplateExpander expander(wildcards);
  EXPECT_EQ(expander.draw({"__no such__ ${gone} {a}", ""}, {}).prompt, "__no such__ ${gone} {a}");
  EXPECT_THAT(expander.warnings(), ElementsAre(HasSubstr("variable 'gone'"), HasSubstr("wildcard 'no such'")));
}

TEST(TemplateExpander, DrawsVariablesAnewUnlessTheyAreImmediate) {
  std::set<std::string> lazy, fixed;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    lazy.insert(draw("${x={a|b}}${x}${x}", seed));
    fixed.insert(draw("${x=!{a|b}}${x}${x}", seed));
  }
  EXPECT_THAT(lazy, ElementsAre("aa", "ab", "ba", "bb"));
  EXPECT_THAT(fixed, ElementsAre("aa", "bb"));
}

TEST(TemplateExpander, ScopesVariables) {
  EXPECT_EQ(draw("${x:default}"), "default");
  EXPECT_EQ(draw("${x=1}${x?=2}${x}${x=3}${x}"), "13");
  EXPECT_EQ(draw("${place=Kyoto}__season__; __season(season=autumn)__"), "summer in Kyoto; autumn in Kyoto");
  EXPECT_EQ(draw("${season=spring}__season(place=Nara)__${place:gone}"), "spring in Naragone");
}

TEST(TemplateExpander, UnescapesOnlyInTemplates) { EXPECT_EQ(draw("{a|a} \\{b\\|c\\} \\(d\\)"), "a {b|c} \\(d\\)"); }

TEST(TemplateExpander, MakesAllCombinations) {
  EXPECT_THAT(all_of("{a|b} {1|2|3}"), ElementsAre("a 1", "a 2", "a 3", "b 1", "b 2", "b 3"));
  EXPECT_THAT(all_of("{a|{b|c}}"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(all_of("{1-2$$a|b|c}"), ElementsAre("a", "b", "c", "a, b", "a, c", "b, c"));
  EXPECT_THAT(all_of("{0::a|b}"), ElementsAre("b"));
  EXPECT_THAT(all_of("plain"), ElementsAre("plain"));
  EXPECT_THAT(all_of("{@a|b}{1|2|3}"), ElementsAre("a1", "b2", "a3"));
}

TEST(TemplateExpander, StopsCombiningAtTheLimit) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "{a|b|c|d}";
  EXPECT_EQ(all_of(text, 10).size(), 10u);
}

TEST(TemplateExpander, CombinesBothPrompts) {
  Wildcards wildcards;
  const auto all = TemplateExpander(wildcards).combinations({"{a|b}", "{c|d}"}, 100, {});
  EXPECT_THAT(all, ElementsAre(Words{"a", "c"}, Words{"a", "d"}, Words{"b", "c"}, Words{"b", "d"}));
}

TEST(TemplateExpander, RefusesWhatGrowsWithoutEnd) {
  EXPECT_THAT(refusal("__loop__"), HasSubstr("name itself"));
  EXPECT_THAT(refusal("${x=${x}}${x}"), HasSubstr("name itself"));
  std::string doubling = "${a0=" + std::string(1000, 'x') + "}";
  for (int i = 1; i < 40; ++i) doubling += fmt::format("${{a{0}=${{a{1}}}${{a{1}}}}}", i, i - 1);
  EXPECT_THAT(refusal(doubling + "${a39}"), HasSubstr("grows beyond"));
  std::string empty = "${a0=}";
  for (int i = 1; i < 40; ++i) empty += fmt::format("${{a{0}=${{a{1}}}${{a{1}}}}}", i, i - 1);
  EXPECT_THAT(refusal(empty + "${a39}"), HasSubstr("steps"));
}

TEST(TemplateExpander, TakesDeepBracketsAsText) {
  const std::size_t depth = 10'000;
  std::string open, close(depth, '}');
  for (std::size_t i = 0; i < depth; ++i) open += "{a|";
  EXPECT_EQ(draw(open).size(), open.size());
  EXPECT_LE(draw(open + close).size(), open.size() + close.size());
}

}  // namespace
}  // namespace fude::prompt
