#include "diffusion/sampler_table.h"

#include <gmock/gmock.h>

#include <set>

#include "core/error.h"
#include "tests/support/golden.h"

namespace fude::diffusion {
namespace {

using testing::HasSubstr;

std::string message_of(std::string_view sampler, std::string_view schedule = {}) {
  try {
    resolve_sampler(sampler, schedule);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    return error.what();
  }
  return "accepted";
}

TEST(SamplingSigmas, AreThePublishedOnesForEverySampler) {
  const io::TensorFile golden = tests::golden_tensors("sampling/schedules.safetensors");
  const nlohmann::json cases = tests::golden_json("sampling/schedules.json").at("cases");
  const ModelSchedule model = ModelSchedule::stable_diffusion();
  std::set<std::string_view> compared;
  for (const auto& entry : cases) {
    if (!entry.at("tensor").get<std::string>().starts_with("sampler_sigmas")) continue;
    if (find_sampler(entry.at("sampler").get<std::string>()) == nullptr) continue;
    const SamplerChoice choice = resolve_sampler(entry.at("sampler").get<std::string>(), "Automatic");
    const auto sigmas = sampling_sigmas(choice, model, entry.at("n"), {}, entry.at("always_discard"));
    const at::Tensor expected = golden.tensor(entry.at("tensor"));
    ASSERT_EQ(static_cast<std::int64_t>(sigmas.size()), expected.numel()) << entry.dump();
    for (std::size_t i = 0; i < sigmas.size(); ++i) {
      const double value = expected[static_cast<std::int64_t>(i)].item<double>();
      EXPECT_NEAR(sigmas[i], value, 5e-6 * value) << entry.dump() << " " << i;
    }
    compared.insert(choice.sampler.id);
  }
  for (const SamplerEntry& sampler : samplers())
    EXPECT_NE(compared.contains(sampler.id), sampler.uses_timesteps) << sampler.label;
}

TEST(TimestepSigmas, AreThePublishedTimesteps) {
  const io::TensorFile golden = tests::golden_tensors("sampling/schedules.safetensors");
  const ModelSchedule model = ModelSchedule::stable_diffusion();
  for (const int steps : {1, 2, 5, 10, 20, 30, 999}) {
    const at::Tensor expected = golden.tensor("timesteps." + std::to_string(steps));
    const std::vector<double> sigmas = timestep_sigmas(model, steps);
    ASSERT_EQ(static_cast<std::int64_t>(sigmas.size()), expected.numel()) << steps;
    for (std::size_t i = 0; i < sigmas.size(); ++i) {
      const auto place = static_cast<std::int64_t>(sigmas.size() - 1 - i);
      EXPECT_EQ(model.nearest_timestep(sigmas[i]), expected[place].item<int>()) << steps << " " << i;
    }
  }
}

TEST(ResolveSampler, ReplacesAutomaticByTheSamplersOwnSchedule) {
  EXPECT_EQ(resolve_sampler("DPM++ SDE").schedule.id, "karras");
  EXPECT_EQ(resolve_sampler("DPM++ SDE", "automatic").schedule.id, "karras");
  EXPECT_EQ(resolve_sampler("Euler a", "Automatic").schedule.id, "automatic");
  EXPECT_EQ(resolve_sampler("Euler a", "sgm_uniform").schedule.id, "sgm_uniform");
}

TEST(ResolveSampler, TakesIdsLabelsAndAliasesInAnyCase) {
  for (const char* name : {"dpmpp_2m", "DPM++ 2M", "dpm++ 2m", "k_dpmpp_2m"})
    EXPECT_EQ(resolve_sampler(name).sampler.id, "dpmpp_2m") << name;
}

TEST(ResolveSampler, SplitsJoinedNamesOfOlderPrograms) {
  const SamplerChoice choice = resolve_sampler("dpm++ sde KARRAS", "Exponential");
  EXPECT_EQ(choice.sampler.id, "dpmpp_sde");
  EXPECT_EQ(choice.schedule.id, "karras");
  EXPECT_EQ(resolve_sampler("Euler a SGM Uniform").sampler.id, "euler_ancestral");
  EXPECT_EQ(resolve_sampler("DPM++ 2M Exponential").schedule.id, "exponential");
  EXPECT_EQ(resolve_sampler("Euler Automatic").sampler.id, "euler");
}

TEST(ResolveSampler, NamesTheNearestWhenUnknown) {
  EXPECT_THAT(message_of("DPM+ SDE"), HasSubstr("unknown sampler 'DPM+ SDE', did you mean 'DPM++ SDE'?"));
  EXPECT_THAT(message_of("Euler", "Karas"), HasSubstr("did you mean 'Karras'?"));
  EXPECT_THAT(message_of("qqqqqqqqqqqq"), HasSubstr("expected one of: DPM++ 2M"));
  EXPECT_THAT(message_of(""), HasSubstr("unknown sampler ''"));
}

TEST(Samplers, HaveNamesOfTheirOwnAndKnownSchedules) {
  std::set<std::string_view> names;
  for (const SamplerEntry& sampler : samplers()) {
    EXPECT_TRUE(names.insert(sampler.id).second) << sampler.id;
    EXPECT_TRUE(names.insert(sampler.label).second) << sampler.label;
    EXPECT_NE(find_noise_schedule(sampler.default_schedule), nullptr) << sampler.label;
    EXPECT_NE(sampler.run, nullptr) << sampler.label;
  }
}

}  // namespace
}  // namespace fude::diffusion
