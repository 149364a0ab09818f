#include "core/toml_reader.h"

#include <gtest/gtest.h>

#include "tests/support/refusal.h"

namespace fude {
namespace {

/// Reads from a text that lives as long.
struct Document {
  toml::table table;
  TomlReader reader;

  explicit Document(std::string_view text) : table(toml::parse(text)), reader(table, "top") {}
};

template <typename Read>
std::string refusal(std::string_view text, const Read& read) {
  Document document(text);
  return tests::refusal(ErrorCode::kInvalidArgument, [&] { read(document.reader); });
}

TEST(TomlReader, ReadsEveryKind) {
  Document document(R"(number = 2.5
integer_as_number = 3
whole = -4
text = "words"
flag = true
wholes = [1, 2]
numbers = [0.5, 1]
texts = ["a", "b"]
)");
  TomlReader& reader = document.reader;
  double number = 0, integer_as_number = 0;
  std::int64_t whole = 0;
  std::string text;
  bool flag = false;
  std::vector<std::int64_t> wholes{9};
  std::vector<double> numbers{9};
  std::vector<std::string> texts{"z"};
  reader.number("number", number, 0, 10);
  reader.number("integer_as_number", integer_as_number, 0, 10);
  reader.whole("whole", whole, -10, 10);
  reader.text("text", text);
  reader.flag("flag", flag);
  reader.wholes("wholes", wholes, 0, 10);
  reader.numbers("numbers", numbers, 0, 10);
  reader.texts("texts", texts);
  EXPECT_EQ(number, 2.5);
  EXPECT_EQ(integer_as_number, 3);
  EXPECT_EQ(whole, -4);
  EXPECT_EQ(text, "words");
  EXPECT_TRUE(flag);
  EXPECT_EQ(wholes, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(numbers, (std::vector<double>{0.5, 1}));
  EXPECT_EQ(texts, (std::vector<std::string>{"a", "b"}));
  EXPECT_NO_THROW(reader.reject_unknown());
}

TEST(TomlReader, LeavesValuesAloneWhenTheirKeysAreAbsent) {
  Document document("");
  double number = 7;
  std::vector<std::string> texts{"kept"};
  document.reader.number("number", number, 0, 1);
  document.reader.texts("texts", texts);
  EXPECT_EQ(number, 7);
  EXPECT_EQ(texts, std::vector<std::string>{"kept"});
}

TEST(TomlReader, TakesBothBoundsAndNothingBeyond) {
  double value = 0;
  for (const char* text : {"x = 0.5", "x = 2"}) EXPECT_NO_THROW(Document(text).reader.number("x", value, 0.5, 2));
  const auto read = [&](TomlReader& reader) { reader.number("x", value, 0.5, 2); };
  EXPECT_EQ(refusal("x = 2.25", read), "'top.x' is 2.25, expected 0.5 to 2");
  EXPECT_EQ(refusal("x = 0", read), "'top.x' is 0, expected 0.5 to 2");
  EXPECT_EQ(refusal("x = nan", read), "'top.x' is nan, expected 0.5 to 2");
}

TEST(TomlReader, NamesAValueOfTheWrongKind) {
  std::int64_t whole = 0;
  bool flag = false;
  std::string text;
  std::vector<std::int64_t> wholes;
  double number = 0;
  EXPECT_EQ(refusal("x = true", [&](TomlReader& r) { r.number("x", number, 0, 9); }), "'top.x' is not a number");
  EXPECT_EQ(refusal("x = 1.5", [&](TomlReader& r) { r.whole("x", whole, 0, 9); }), "'top.x' is not a whole number");
  EXPECT_EQ(refusal("x = \"1\"", [&](TomlReader& r) { r.whole("x", whole, 0, 9); }), "'top.x' is not a whole number");
  EXPECT_EQ(refusal("x = 1", [&](TomlReader& r) { r.flag("x", flag); }), "'top.x' is not true or false");
  EXPECT_EQ(refusal("x = 1", [&](TomlReader& r) { r.text("x", text); }), "'top.x' is not a string");
  EXPECT_EQ(refusal("x = 1", [&](TomlReader& r) { r.wholes("x", wholes, 0, 9); }),
            "'top.x' is not a list of whole numbers");
  EXPECT_EQ(refusal("x = [1, \"a\"]", [&](TomlReader& r) { r.wholes("x", wholes, 0, 9); }),
            "'top.x' is not a list of whole numbers");
  EXPECT_EQ(refusal("x = [1, 10]", [&](TomlReader& r) { r.wholes("x", wholes, 0, 9); }),
            "'top.x' is 10, expected 0 to 9");
}

TEST(TomlReader, NamesKeysOfTablesWithinTables) {
  Document document("[a.b]\nx = 5\n");
  double value = 0;
  TomlReader inner = document.reader.table("a").table("b");
  EXPECT_EQ(tests::refusal(ErrorCode::kInvalidArgument, [&] { inner.number("x", value, 0, 1); }),
            "'top.a.b.x' is 5, expected 0 to 1");
  EXPECT_NO_THROW(document.reader.table("missing").reject_unknown());
  EXPECT_EQ(refusal("a = 1", [](TomlReader& r) { r.table("a"); }), "'top.a' is not a table");
}

TEST(TomlReader, RefusesAKeyThatNobodyAskedForWithItsLine) {
  EXPECT_EQ(refusal("known = 1\nunknown = 2",
                    [](TomlReader& r) {
                      double value = 0;
                      r.number("known", value, 0, 9);
                      r.reject_unknown();
                    }),
            "unknown key 'top.unknown' (line 2)");
}

}  // namespace
}  // namespace fude
