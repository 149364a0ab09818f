#include "service/sidecar.h"

#include <gmock/gmock.h>

#include "tests/support/refusal.h"

namespace fude::service {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

constexpr const char* kOfAnother = R"(<?xml version="1.0"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Label="Red" xmp:Rating="3"/>
 <rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/">
  <dc:subject><rdf:Seq><rdf:li>sky</rdf:li><rdf:li>Sky</rdf:li><rdf:li> sea </rdf:li></rdf:Seq></dc:subject>
  <dc:description><rdf:Alt><rdf:li xml:lang="x-default">a &lt;note&gt;</rdf:li></rdf:Alt></dc:description>
  <dc:creator>someone</dc:creator>
 </rdf:Description></rdf:RDF></x:xmpmeta>)";

TEST(Sidecar, ComesBackAsWritten) {
  const Sidecar sidecar{.tags = {"blue sky", "笑顔", "<&>\""},
                        .rating = 4,
                        .note = "two\nlines & \"quotes\"",
                        .fingerprint = "0123456789abcdef"};
  EXPECT_EQ(parse_sidecar(bytes(write_sidecar(sidecar))), sidecar);
  EXPECT_EQ(parse_sidecar(bytes(write_sidecar({}))), Sidecar{});
  const std::string twice = write_sidecar(sidecar, bytes(write_sidecar({.rating = 1})));
  EXPECT_EQ(twice, write_sidecar(sidecar));
}

TEST(Sidecar, ReadsOtherPrograms) {
  const Sidecar sidecar = parse_sidecar(bytes(kOfAnother));
  EXPECT_EQ(sidecar.rating, 3);
  EXPECT_THAT(sidecar.tags, ElementsAre("sky", "sea"));
  EXPECT_EQ(sidecar.note, "a <note>");
}

TEST(Sidecar, KeepsWhatOtherProgramsWrote) {
  const std::string text = write_sidecar({.tags = {"new"}, .rating = 5}, bytes(kOfAnother));
  EXPECT_THAT(text, HasSubstr("xmp:Label=\"Red\""));
  EXPECT_THAT(text, HasSubstr("someone"));
  EXPECT_THAT(text, Not(HasSubstr("a &lt;note")));
  EXPECT_EQ(parse_sidecar(bytes(text)).rating, 5);
  EXPECT_THAT(parse_sidecar(bytes(text)).tags, ElementsAre("new"));
}

TEST(Sidecar, ReplacesRepeatedValuesOfADamagedPacket) {
  const std::string before =
      "<rdf:RDF><rdf:Description xmp:Rating=\"1\" xmp:Rating=\"2\"><xmp:Rating>3</xmp:Rating>"
      "<xmp:Rating>4</xmp:Rating></rdf:Description><rdf:Description xmp:Rating=\"1\"/></rdf:RDF>";
  EXPECT_EQ(parse_sidecar(bytes(write_sidecar({.rating = 5}, bytes(before)))).rating, 5);
}

TEST(Sidecar, TakesOddRatingsForWhatTheyMean) {
  const auto rating = [](const std::string& value) {
    return parse_sidecar(bytes("<rdf:RDF><rdf:Description xmp:Rating=\"" + value + "\"/></rdf:RDF>")).rating;
  };
  EXPECT_EQ(rating("-1"), 0);
  EXPECT_EQ(rating("99"), 5);
  EXPECT_EQ(rating("3.0"), 3);
  EXPECT_EQ(rating("nan"), 0);
  EXPECT_EQ(rating("many"), 0);
}

TEST(Sidecar, ExpandsNoEntities) {
  const std::string bomb =
      "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY f SYSTEM "
      "\"file:///etc/passwd\">]><rdf:RDF><rdf:Description><dc:description><rdf:Alt><rdf:li>&b;&f;</rdf:li></rdf:Alt>"
      "</dc:description></rdf:Description></rdf:RDF>";
  EXPECT_EQ(parse_sidecar(bytes(bomb)).note, "&b;&f;");
}

TEST(Sidecar, RefusesWhatIsNoXmp) {
  tests::refusal(ErrorCode::kCorruptFile, [] { parse_sidecar({}); });
  tests::refusal(ErrorCode::kCorruptFile, [] { parse_sidecar(bytes("<html/>")); });
  tests::refusal(ErrorCode::kCorruptFile, [] { parse_sidecar(bytes("<?rdf:RDF x?><a/>")); });
  tests::refusal(ErrorCode::kCorruptFile, [] { parse_sidecar(bytes("<rdf:RDF><unclosed>")); });
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile,
                             [] { parse_sidecar(bytes(std::string(kLargestSidecar + 1, ' ')), "big.xmp"); }),
              HasSubstr("'big.xmp' has 1048577 bytes"));
}

TEST(Sidecar, RefusesDeepNesting) {
  std::string deep = "<rdf:RDF>";
  for (int i = 0; i < 100000; ++i) deep += "<a>";
  tests::refusal(ErrorCode::kCorruptFile, [&] { parse_sidecar(bytes(deep)); });
  for (int i = 0; i < 100000; ++i) deep += "</a>";
  deep += "</rdf:RDF>";
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [&] { parse_sidecar(bytes(deep)); }),
              HasSubstr("nested too deeply"));
}

TEST(CleanTags, AreFitForALineEach) {
  EXPECT_THAT(clean_tags({" a\nb ", "A B", "", "\x01\x7F", "c\x02"}), ElementsAre("a b", "c"));
  EXPECT_EQ(clean_tags(std::vector<std::string>(1, std::string(500, 'x'))).front().size(), kLongestTag);
  std::vector<std::string> many;
  for (int i = 0; i < 300; ++i) many.push_back(std::to_string(i));
  EXPECT_EQ(clean_tags(many).size(), kMostTags);
}

TEST(CleanNote, KeepsLines) { EXPECT_EQ(clean_note(" a\r\nb\tc\x1B[2J\xFF "), "a\nb\tc[2J\uFFFD"); }

}  // namespace
}  // namespace fude::service
