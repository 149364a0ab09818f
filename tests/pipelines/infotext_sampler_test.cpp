#include "pipelines/sampler_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.h"

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
    const SamplerChoice choice =
        sampler_from_infotext(text_or_nothing(item.at("sampler")), text_or_nothing(item.at("scheduler")));
    EXPECT_EQ(choice.sampler, item.at("result").at(0)) << item;
    EXPECT_EQ(choice.schedule, item.at("result").at(1)) << item;
  }
}

TEST(ResolveSampler, IgnoresCaseAndTakesAliases) {
  EXPECT_EQ(resolve_sampler("dpm++ 2m", "KARRAS").sampler, "DPM++ 2M");
  EXPECT_EQ(resolve_sampler("dpm++ 2m", "KARRAS").schedule, "Karras");
  EXPECT_EQ(resolve_sampler("k_euler_a", "sgm_uniform").sampler, "Euler a");
  EXPECT_EQ(resolve_sampler("k_euler_a", "sgm_uniform").schedule, "SGM Uniform");
}

TEST(ResolveSampler, SplitsJoinedNames) {
  const SamplerChoice choice = resolve_sampler("DPM++ SDE Karras", "automatic");
  EXPECT_EQ(choice.sampler, "DPM++ SDE");
  EXPECT_EQ(choice.schedule, "Karras");
  EXPECT_EQ(resolve_sampler("Euler SGM Uniform", "").schedule, "SGM Uniform");
}

TEST(ResolveSampler, RefusesUnknownNamesWithTheNearest) {
  const auto message = [](std::string_view sampler, std::string_view schedule) -> std::string {
    try {
      resolve_sampler(sampler, schedule);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
      return error.what();
    }
    return "nothing thrown";
  };
  EXPECT_EQ(message("Eulr a", ""), "unknown sampler 'Eulr a', did you mean 'Euler a'?");
  EXPECT_EQ(message("Euler", "karas"), "unknown scheduler 'karas', did you mean 'Karras'?");
  EXPECT_EQ(message("DPM++ 2M Kerras", ""), "unknown sampler 'DPM++ 2M Kerras', did you mean 'DPM++ 2M Karras'?");
  EXPECT_EQ(message("Karras", ""), "unknown sampler 'Karras'");
}

TEST(SamplerNames, AutomaticSchedulesAreKnownLabels) {
  for (const SamplerName& row : sampler_names()) {
    if (!row.schedule.empty()) {
      EXPECT_NE(find_schedule_label(row.schedule), nullptr) << row.name;
    }
    EXPECT_EQ(find_sampler_name(row.name), &row);
  }
}

}  // namespace
}  // namespace fude::pipelines
