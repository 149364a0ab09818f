#include "apps/fude/text_rows.h"

#include <gtest/gtest.h>

namespace fude::apps {
namespace {

std::string row(std::string_view name, std::string_view text, int name_width = 16) {
  std::string out;
  append_row(out, name, text, name_width);
  return out;
}

TEST(AppendRow, PutsTextBesideTheName) {
  EXPECT_EQ(row("Steps", "20", 10), "  Steps   20\n");
  EXPECT_EQ(row("BREAK", ""), "  BREAK\n");
  EXPECT_EQ(row("", "words", 2), "  words\n");
}

TEST(AppendRow, GivesALongNameALineOfItsOwn) { EXPECT_EQ(row("A long name", "x", 10), "  A long name\n          x\n"); }

TEST(AppendRow, BreaksAtSpacesAndLineBreaks) {
  const std::string long_word(40, 'a');
  EXPECT_EQ(row("n", long_word + " " + long_word + "\n\nend", 10),
            "  n       " + long_word + "\n          " + long_word + "\n          \n          end\n");
}

TEST(AppendRow, CountsWideCharactersAsTwo) {
  std::string cats;
  for (int i = 0; i < 36; ++i) cats += "猫";
  EXPECT_EQ(row("n", cats, 10), "  n       " + cats.substr(0, 35 * 3) + "\n          猫\n");
}

TEST(AppendRow, EscapesControlCharacters) { EXPECT_EQ(row("a\x1b", "b\r", 10), "  a\\x1b   b\\x0d\n"); }

}  // namespace
}  // namespace fude::apps
