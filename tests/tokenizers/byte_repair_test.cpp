#include "tokenizers/byte_repair.h"

#include <gmock/gmock.h>

namespace fude::tokenizers {
namespace {

TEST(RestoreNoBreakSpaces, TurnsSpacesIntoTheByteTheyWere) {
  EXPECT_EQ(restore_no_break_spaces("\xC5 x"), "\xC5\xA0x");
  EXPECT_EQ(restore_no_break_spaces("\xE2 \x81"), "\xE2\xA0\x81");
  EXPECT_EQ(restore_no_break_spaces("\xF0\x9F \x81"), "\xF0\x9F\xA0\x81");
}

TEST(RestoreNoBreakSpaces, KeepsAWordApart) {
  EXPECT_EQ(restore_no_break_spaces("\xC3 la"), "\xC3\xA0 la");
  EXPECT_EQ(restore_no_break_spaces("\xC3 s crian"), "\xC3\xA0s crian");
}

TEST(RestoreNoBreakSpaces, LeavesOtherSpacesAlone) {
  EXPECT_EQ(restore_no_break_spaces("a b \xE9 c"), "a b \xE9 c");
  EXPECT_EQ(restore_no_break_spaces("\xE2 "), "\xE2 ");
}

TEST(MarkLostSequences, ReplacesSequencesThatLostBytes) {
  EXPECT_EQ(mark_lost_sequences("a\x1A"
                                "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(mark_lost_sequences("\xE2\x80\x1A"), "\xEF\xBF\xBD");
  EXPECT_EQ(mark_lost_sequences("\xE2\x80?"), "\xEF\xBF\xBD");
  EXPECT_EQ(mark_lost_sequences("\xC3?"), "\xEF\xBF\xBD");
  EXPECT_EQ(mark_lost_sequences("\xC4? \xE2\x80\x9C"), "\xC4? \xE2\x80\x9C");
}

}  // namespace
}  // namespace fude::tokenizers
