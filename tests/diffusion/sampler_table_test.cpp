#include "diffusion/sampler_table.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <set>

#include "core/error.h"
#include "tests/support/golden.h"

namespace fude::diffusion {
namespace {

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
  EXPECT_EQ(compared.size(), 16U);  // all of the web UI's but the four that use timesteps
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

TEST(ResolveSampler, LetsAJoinedNamesScheduleAct) {
  const SamplerChoice choice = resolve_sampler("dpm++ sde KARRAS", "Exponential");
  EXPECT_EQ(choice.sampler.id, "dpmpp_sde");
  EXPECT_EQ(choice.schedule.id, "karras");
  EXPECT_EQ(resolve_sampler("DPM++ SDE Automatic", "Exponential").schedule.id, "karras");
}

TEST(ResolveSampler, RefusesUnknownNames) {
  EXPECT_THROW(resolve_sampler("DPM+ SDE"), Error);
  EXPECT_THROW(resolve_sampler("Euler", "Karas"), Error);
}

TEST(Samplers, HaveLevelsOfTheirOwnWhenTheyUseTimesteps) {
  for (const SamplerEntry& sampler : samplers())
    EXPECT_EQ(sampler.levels != nullptr, sampler.uses_timesteps) << sampler.label;
}

TEST(UniPcSigmas, RunFromTheNoisiestLevelToTheCleanestInEverySpacing) {
  const ModelSchedule model = ModelSchedule::stable_diffusion();
  for (const UniPcSpacing spacing : {UniPcSpacing::kTime, UniPcSpacing::kTimeSquared, UniPcSpacing::kLogSnr}) {
    const auto sigmas = sampling_sigmas(resolve_sampler("UniPC"), model, 10, {.unipc_spacing = spacing});
    ASSERT_EQ(sigmas.size(), 11U);
    EXPECT_NEAR(sigmas.front() / model.sigma_max(), 1.0, 1e-6);
    EXPECT_NEAR(sigmas.back() / model.sigma_min(), 1.0, 1e-6);
    EXPECT_TRUE(std::ranges::is_sorted(sigmas, std::greater<>()));
  }
}

TEST(EffectiveGuidance, CountsDifferentlyForCfgPlusPlus) {
  EXPECT_EQ(effective_guidance(resolve_sampler("Euler").sampler, 7.0), 7.0);
  EXPECT_EQ(effective_guidance(resolve_sampler("DDIM CFG++").sampler, 12.5), 1.0);
}

TEST(Samplers, AreListedInTheOrderOfTheirTraits) {
  const auto place = [](const SamplerEntry& sampler) {
    return std::ranges::find(kSamplerTraits, sampler.id, &SamplerTraits::id);
  };
  EXPECT_TRUE(std::ranges::is_sorted(samplers(), {}, place));
}

}  // namespace
}  // namespace fude::diffusion
