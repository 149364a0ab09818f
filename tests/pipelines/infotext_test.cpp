#include "pipelines/infotext.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace fude::pipelines {
namespace {

nlohmann::json to_json(const Infotext& infotext) {
  nlohmann::json json = nlohmann::json::object();
  for (const Infotext::Pair& pair : infotext.pairs()) {
    std::visit([&](const auto& value) { json[pair.key] = value; }, pair.value);
  }
  return json;
}

TEST(ParseInfotext, FollowsTheReference) {
  std::ifstream file(FUDE_GOLDEN_DIR "/images/infotext.json");
  const auto cases = nlohmann::json::parse(file).at("parse");
  ASSERT_GT(cases.size(), 30U);
  for (const auto& item : cases) {
    EXPECT_EQ(to_json(parse_infotext(item.at("text").get<std::string>())), item.at("result")) << item.at("text");
  }
}

TEST(ParseInfotext, KeepsTheOrderOfKeys) {
  const Infotext infotext = parse_infotext("a\nSteps: 1, Zeta key: 2, Alpha key: 3");
  EXPECT_EQ(infotext.pairs().at(0).key, "Steps");
  EXPECT_EQ(infotext.pairs().at(1).key, "Zeta key");
  EXPECT_EQ(infotext.pairs().at(2).key, "Alpha key");
  EXPECT_TRUE(infotext.pairs().at(2).is_stored);
  EXPECT_FALSE(infotext.pairs().back().is_stored);
}

TEST(ParseInfotext, LaterKeysWinAndEmptyValuesVanish) {
  const Infotext infotext = parse_infotext("Steps: 1, Seed: 2, Steps: 3, Model: , Sampler: Euler");
  EXPECT_EQ(infotext.text("Steps"), "3");
  EXPECT_EQ(infotext.find("Model"), nullptr);
}

TEST(ParseInfotext, TakesKeysOfEveryScript) {
  EXPECT_EQ(parse_infotext("Steps: 1, Seed: 2, 画風: 水彩").text("画風"), "水彩");
}

TEST(ParseInfotext, ReadsVersionsOfThisProgramOnly) {
  const auto downcast = [](const std::string& version) {
    const Infotext infotext = parse_infotext("Steps: 1, Seed: 2, Version: " + version);
    return infotext.find("Downcast alphas_cumprod") != nullptr;
  };
  EXPECT_TRUE(downcast("v1.6.0"));
  EXPECT_TRUE(downcast("1.7.0"));
  EXPECT_TRUE(downcast("v1.7.0-224-gabcdef"));
  EXPECT_FALSE(downcast("v1.7.0-225-gabcdef"));
  EXPECT_FALSE(downcast("v1.10.1"));
  EXPECT_FALSE(downcast("fude-0.1.0"));
  EXPECT_FALSE(downcast("f2.0.1v1.10.1-previous-5"));
}

TEST(ParseInfotext, NotesWhatOlderVersionsDid) {
  const Infotext infotext = parse_infotext("[a:b:3]\nSteps: 1, Seed: 2, Sampler: DDIM, Refiner: x, Version: v1.5.1");
  EXPECT_EQ(infotext.text("Old prompt editing timelines"), "True");
  EXPECT_EQ(infotext.text("Pad conds v0"), "True");
  EXPECT_EQ(infotext.text("Refiner switch by sampling steps"), "True");
}

TEST(ParseInfotext, IsQuickOnHostileText) {
  // Each of these made a backtracking or quadratic parser hang; the suite's time limit is the judge.
  const std::size_t half = kLongestInfotext / 2;
  std::string many;
  for (std::size_t i = 0; many.size() < half; ++i) many += fmt::format("k{}:\"\\", i);
  const std::string quotes = [&] {
    std::string text;
    while (text.size() < half) text += "aa:\"b,";
    return text;
  }();
  for (const std::string& text : {many, quotes, std::string(half, 'a'), std::string(half, '\n'), std::string(half, '"'),
                                  "aa:\"" + std::string(half, '\\'), std::string(half, ' ') + "a"}) {
    EXPECT_NO_THROW(parse_infotext(text));
  }
}

TEST(ParseInfotext, RepairsWhatIsNoUtf8) { EXPECT_EQ(parse_infotext("a\xFF,").text("Prompt"), "a\uFFFD,"); }

TEST(ParseInfotext, RefusesEndlessText) { EXPECT_THROW(parse_infotext(std::string(kLongestInfotext + 1, 'a')), Error); }

TEST(ParseInfotext, SurvivesAbsurdSizes) {
  for (const char* size : {"0x0", "99999999999999999999x1", "1048577x8"}) {
    const std::string text = fmt::format("Steps: 1, Seed: 2, Size: {}, First pass size: 0x0", size);
    EXPECT_NO_THROW(parse_infotext(text)) << size;
  }
}

}  // namespace
}  // namespace fude::pipelines
