#include "pipelines/infotext_sampler.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace fude::pipelines {
namespace {

std::string text_or_nothing(const nlohmann::json& value) {
  return value.is_null() ? std::string() : value.get<std::string>();
}

TEST(SamplerFromInfotext, FollowsTheReference) {
  std::ifstream file(FUDE_GOLDEN_DIR "/images/infotext.json");
  const auto cases = nlohmann::json::parse(file).at("sampler_and_scheduler");
  ASSERT_GT(cases.size(), 5U);
  for (const auto& item : cases) {
    const diffusion::SamplerNames names =
        sampler_from_infotext(text_or_nothing(item.at("sampler")), text_or_nothing(item.at("scheduler")));
    EXPECT_EQ(names.sampler.label, item.at("result").at(0)) << item;
    EXPECT_EQ(names.schedule.label, item.at("result").at(1)) << item;
  }
}

TEST(SamplerFromInfotext, LetsAJoinedNameWinOverTheStoredSchedule) {
  const diffusion::SamplerNames names = sampler_from_infotext("Euler SGM Uniform", "Beta");
  EXPECT_EQ(names.sampler.label, "Euler");
  EXPECT_EQ(names.schedule.label, "SGM Uniform");
}

}  // namespace
}  // namespace fude::pipelines
