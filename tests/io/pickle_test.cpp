#include "io/pickle.h"

#include <gmock/gmock.h>

#include "tests/support/checkpoint_writer.h"
#include "tests/support/refusal.h"

namespace fude::io {
namespace {

using ::testing::HasSubstr;
using Kind = PickleValue::Kind;

PickleTree read(const std::string& code) { return read_pickle(std::as_bytes(std::span(code)), "a.ckpt"); }

/// A literal with its zero bytes.
template <std::size_t kSize>
std::string raw(const char (&literal)[kSize]) {
  return {literal, kSize - 1};
}

std::string refusal(const std::string& code) {
  return tests::refusal(ErrorCode::kCorruptFile, [&] { read(code); });
}

/// The one value a pickle of `code` leaves. The code must outlive the value, as texts are views into it.
PickleValue value_of(const std::string& whole) {
  const PickleTree tree = read(whole);
  return tree[tree.root];
}

TEST(ReadPickle, ReadsNumbersOfEverySize) {
  const auto integer = [](std::string code) {
    const PickleValue value = value_of(tests::pickle::whole(code));
    EXPECT_EQ(value.kind, Kind::kInt);
    return value.integer;
  };
  EXPECT_EQ(integer("K\xff"), 255);
  EXPECT_EQ(integer("M\x01\x02"), 0x0201);
  EXPECT_EQ(integer(raw("J\xfe\xff\xff\xff")), -2);
  EXPECT_EQ(integer(raw("\x8a\x00")), 0);
  EXPECT_EQ(integer("\x8a\x01\xff"), -1);
  EXPECT_EQ(integer(tests::pickle::integer(INT64_MIN)), INT64_MIN);
  EXPECT_EQ(value_of(tests::pickle::whole(tests::pickle::number(0.1))).number, 0.1);
  EXPECT_EQ(value_of(tests::pickle::whole("\x88")).integer, 1);
}

// Made with Python: pickle.dumps({"a": [1, (2.5, None)], "b": {3}}, protocol=PROTOCOL).
TEST(ReadPickle, ReadsTheSameStructureInEveryProtocol) {
  const std::string protocol2 =
      raw("\x80\x02}q\x00(X\x01\x00\x00\x00"
          "aq\x01]q\x02(K\x01G@\x04\x00\x00\x00\x00\x00\x00N\x86q\x03"
          "eX\x01\x00\x00\x00"
          "bq\x04"
          "c__builtin__\nset\nq\x05]q\x06K\x03"
          "a\x85q\x07Rq\x08u.");
  const std::string protocol4 =
      raw("\x80\x04\x95%\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01"
          "a\x94]\x94(K\x01G@\x04\x00\x00\x00\x00\x00\x00N\x86\x94"
          "e\x8c\x01"
          "b\x94\x8f\x94(K\x03\x90u.");
  for (const std::string& code : {protocol2, protocol4}) {
    const PickleTree tree = read(code);
    const PickleValue& root = tree[tree.root];
    ASSERT_EQ(root.kind, Kind::kDict);
    ASSERT_EQ(root.items.size(), 4u);
    EXPECT_EQ(tree[root.items[0]].text, "a");
    const PickleValue& row = tree[root.items[1]];
    ASSERT_EQ(row.items.size(), 2u);
    EXPECT_EQ(tree[row.items[0]].integer, 1);
    EXPECT_EQ(tree[tree[row.items[1]].items[0]].number, 2.5);
    EXPECT_EQ(tree.size, code.size());
  }
}

TEST(ReadPickle, RecordsCallsWithoutMakingThem) {
  const std::string code = tests::pickle::whole(tests::pickle::call(
      tests::pickle::global("os", "system"), tests::pickle::tuple({tests::pickle::text("exit 1")})));
  const PickleTree tree = read(code);
  const PickleValue& object = tree[tree.root];
  ASSERT_EQ(object.kind, Kind::kObject);
  EXPECT_EQ(tree[object.callable].module, "os");
  EXPECT_EQ(tree[object.callable].text, "system");
  EXPECT_EQ(tree[tree[object.arguments].items[0]].text, "exit 1");
}

TEST(ReadPickle, ReadsGlobalsFromTheStackAndState) {
  const std::string code = tests::pickle::whole("\x8c\x01m\x8c\x01n\x93)\x81}b", 4);
  const PickleTree tree = read(code);
  const PickleValue& object = tree[tree.root];
  EXPECT_EQ(tree[object.callable].text, "n");
  EXPECT_EQ(tree[object.state].kind, Kind::kDict);
}

TEST(ReadPickle, AllowsAValueToContainItself) {
  const std::string code = tests::pickle::whole(
      "]q\x01h\x01"
      "a");
  const PickleTree tree = read(code);
  EXPECT_EQ(tree[tree.root].items.at(0), tree.root);
}

TEST(ReadPickle, RefusesOpcodesOutsideTheAllowList) {
  for (const char* opcode : {"\x82\x01", "\x97", "\x98", "I1\n", "S'a'\n", "P1\n", "i", "o", "\xff"}) {
    EXPECT_THAT(refusal(tests::pickle::whole(opcode)), HasSubstr("is not allowed")) << opcode;
  }
}

TEST(ReadPickle, RefusesDamage) {
  EXPECT_THAT(refusal(""), HasSubstr("cut short"));
  EXPECT_THAT(refusal("\x80\x06N."), HasSubstr("protocol 6, expected 2 to 5"));
  EXPECT_THAT(refusal("."), HasSubstr("more from its stack"));
  EXPECT_THAT(refusal(std::string("\x80\x02X\xff\xff\xff\xff"
                                  "abc",
                                  10)),
              HasSubstr("expected 4294967295 more"));
  EXPECT_THAT(refusal(std::string("\x8d\xff\xff\xff\xff\xff\xff\xff\xff"
                                  "a",
                                  10)),
              HasSubstr("18446744073709551615"));
  EXPECT_THAT(refusal(std::string("\x8b\xff\xff\xff\x7f"
                                  "abc",
                                  8)),
              HasSubstr("cut short"));
  EXPECT_THAT(refusal("h\x05."), HasSubstr("unset memo 5"));
  EXPECT_THAT(refusal("t."), HasSubstr("lacks a mark"));
  EXPECT_THAT(refusal("N(\x85."), HasSubstr("more from its stack"));
  EXPECT_THAT(refusal("NNa."), HasSubstr("holds none"));
  EXPECT_THAT(refusal("KcK\x01K\x01\x93."), HasSubstr("without a name"));
  EXPECT_THAT(refusal("ctorch"), HasSubstr("no line end"));
  EXPECT_THAT(refusal("\x95"
                      "12345678N."),
              HasSubstr("a frame of"));
}

TEST(ReadPickle, RefusesTruncationAtEveryByte) {
  const std::string code = tests::pickle::whole(tests::pickle::dictionary(
      {{"w", tests::pickle::tensor(tests::pickle::storage("HalfStorage", "0", 4), 0, {4}, {1})}}));
  for (std::size_t size = 0; size < code.size(); ++size) EXPECT_NE(refusal(code.substr(0, size)), "") << size;
}

TEST(ReadPickle, BoundsItsMemory) {
  EXPECT_THAT(refusal(std::string(3'000'000, ']')), HasSubstr("more than 2000000 values"));
  EXPECT_THAT(refusal("N" + std::string(3'000'000, '2')), HasSubstr("more than 2000000 values"));
  EXPECT_THAT(refusal(std::string(3'000'000, '(')), HasSubstr("more marks"));
}

}  // namespace
}  // namespace fude::io
