#include "diffusion/sampler_names.h"

#include <gmock/gmock.h>

#include <set>

#include "core/error.h"

namespace fude::diffusion {
namespace {

using testing::HasSubstr;

std::string message_of(std::string_view sampler, std::string_view schedule = {}) {
  try {
    resolve_sampler_names(sampler, schedule);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    return error.what();
  }
  return "accepted";
}

TEST(ResolveSamplerNames, IgnoresCaseAndTakesIdsAndAliases) {
  for (const char* name : {"dpmpp_2m", "DPM++ 2M", "dpm++ 2m", "k_dpmpp_2m"})
    EXPECT_EQ(resolve_sampler_names(name).sampler.label, "DPM++ 2M") << name;
  EXPECT_EQ(resolve_sampler_names("k_euler_a").sampler.label, "Euler a");
  for (const char* name : {"sgm_uniform", "SGM uniform", "SGMUniform"})
    EXPECT_EQ(resolve_sampler_names("Euler", name).schedule.label, "SGM Uniform") << name;
}

TEST(ResolveSamplerNames, KeepsAutomatic) {
  EXPECT_EQ(resolve_sampler_names("DPM++ SDE").schedule.id, "automatic");
  EXPECT_EQ(resolve_sampler_names("DPM++ SDE", "AUTOMATIC").schedule.id, "automatic");
}

TEST(ResolveSamplerNames, SplitsJoinedNames) {
  const SamplerNames names = resolve_sampler_names("dpm++ sde KARRAS", "Exponential");
  EXPECT_EQ(names.sampler.id, "dpmpp_sde");
  EXPECT_EQ(names.schedule.id, "karras");
  EXPECT_EQ(resolve_sampler_names("Euler a SGM Uniform").sampler.id, "euler_ancestral");
  EXPECT_EQ(resolve_sampler_names("DPM++ 2M SDE Heun Exponential").sampler.id, "dpmpp_2m_sde_heun");
}

TEST(ResolveSamplerNames, TakesASamplerBeforeAJoinedName) {
  EXPECT_EQ(resolve_sampler_names("DDIM", "Karras").sampler.id, "ddim");
  EXPECT_EQ(resolve_sampler_names("DDIM", "Karras").schedule.id, "karras");
}

TEST(ResolveSamplerNames, RefusesUnknownNamesWithTheNearest) {
  EXPECT_EQ(message_of("Eulr a"), "unknown sampler 'Eulr a', did you mean 'Euler a'?");
  EXPECT_EQ(message_of("DPM+ SDE"), "unknown sampler 'DPM+ SDE', did you mean 'DPM++ SDE'?");
  EXPECT_EQ(message_of("DPM++ 2M Kerras"), "unknown sampler 'DPM++ 2M Kerras', did you mean 'DPM++ 2M Karras'?");
  EXPECT_EQ(message_of("Euler", "karas"), "unknown scheduler 'karas', did you mean 'Karras'?");
}

TEST(ResolveSamplerNames, ListsTheKnownNamesWhenNoneIsNear) {
  EXPECT_THAT(message_of("Karras"), HasSubstr("unknown sampler 'Karras', expected one of: DPM++ 2M, DPM++ SDE, "));
  EXPECT_THAT(message_of("Euler", "zzzzzzzzz"), HasSubstr("expected one of: Automatic, Uniform, Karras, "));
  EXPECT_THAT(message_of(""), HasSubstr("unknown sampler ''"));
}

TEST(ResolveSamplerNames, RefusesAJoinedNameOfAnUnknownScheduleBeside) {
  EXPECT_EQ(resolve_sampler_names("Euler Karras", "zzz").schedule.id, "karras");
  EXPECT_THAT(message_of("Nobody Karras", "zzz"), HasSubstr("unknown sampler 'Nobody Karras'"));
}

TEST(FindSamplerNames, IsAbsentForUnknownNames) {
  EXPECT_FALSE(find_sampler_names("Nobody", "Karras").has_value());
  EXPECT_FALSE(find_sampler_names("Euler", "Nobody").has_value());
  EXPECT_EQ(find_sampler_names("Euler Karras", "")->schedule.id, "karras");
}

TEST(SplitJoinedName, CutsOffTheLongestSchedule) {
  EXPECT_EQ(split_joined_name("Nobody SGM Uniform").sampler, "Nobody");
  EXPECT_EQ(split_joined_name("Nobody SGM Uniform").schedule->id, "sgm_uniform");
  EXPECT_EQ(split_joined_name("Euler").sampler, "Euler");
  EXPECT_EQ(split_joined_name("Euler").schedule, nullptr);
  EXPECT_EQ(split_joined_name("Karras").schedule, nullptr);
}

TEST(ActingSchedule, IsTheSamplersOwnUnlessAsked) {
  EXPECT_EQ(acting_schedule(resolve_sampler_names("DPM++ SDE")).id, "karras");
  EXPECT_EQ(acting_schedule(resolve_sampler_names("Euler a")).id, "automatic");
  EXPECT_EQ(acting_schedule(resolve_sampler_names("DPM++ SDE", "Beta")).id, "beta");
}

template <typename Table>
void expect_names_of_their_own(const Table& table) {
  std::set<std::string> names;
  for (const auto& row : table) {
    // An id may be its label in small letters ("ddim"): both then mean the same row.
    std::set<std::string> own;
    for (std::string name : {std::string(row.id), std::string(row.label)}) {
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      own.insert(name);
    }
    for (const std::string_view alias : row.aliases)
      if (!alias.empty()) own.insert(std::string(alias));
    for (const std::string& name : own) EXPECT_TRUE(names.insert(name).second) << name;
  }
}

TEST(Traits, HaveNamesOfTheirOwnAndKnownSchedules) {
  expect_names_of_their_own(kSamplerTraits);
  expect_names_of_their_own(kScheduleTraits);
  for (const SamplerTraits& sampler : kSamplerTraits) {
    EXPECT_EQ(find_sampler_traits(sampler.label), &sampler);
    EXPECT_NE(find_schedule_traits(sampler.default_schedule), nullptr) << sampler.label;
  }
}

}  // namespace
}  // namespace fude::diffusion
