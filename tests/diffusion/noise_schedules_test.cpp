#include "diffusion/noise_schedules.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "core/error.h"
#include "diffusion/schedules/schedules.h"
#include "tests/support/golden.h"

namespace fude::diffusion {
namespace {

ScheduleOptions options_from(const nlohmann::json& json) {
  return {.sigma_min = json.value("sigma_min", 0.0),
          .sigma_max = json.value("sigma_max", 0.0),
          .rho = json.value("rho", 0.0),
          .beta_alpha = json.value("beta_dist_alpha", 0.6),
          .beta_beta = json.value("beta_dist_beta", 0.6)};
}

double relative_difference(const std::vector<double>& actual, const at::Tensor& expected) {
  if (static_cast<std::int64_t>(actual.size()) != expected.numel()) return INFINITY;
  double worst = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double value = expected[static_cast<std::int64_t>(i)].item<float>();
    worst = std::max(worst, value == 0 ? std::abs(actual[i]) : std::abs(actual[i] - value) / value);
  }
  return worst;
}

TEST(NoiseSchedules, AgreeWithEveryPublishedList) {
  const io::TensorFile golden = tests::golden_tensors("sampling/schedules.safetensors");
  const ModelSchedule model = ModelSchedule::stable_diffusion();
  const nlohmann::json cases = tests::golden_json("sampling/schedules.json").at("cases");
  int compared = 0;
  for (const auto& entry : cases) {
    if (!entry.contains("model")) continue;
    const ScheduleEntry* schedule = find_noise_schedule(entry.at("scheduler").get<std::string>());
    ASSERT_NE(schedule, nullptr) << entry.dump();
    ScheduleOptions options = options_from(entry.at("options"));
    options.is_sdxl = entry.at("model") == "sdxl";
    const auto sigmas = schedule_sigmas(*schedule, model, entry.at("n"), options);
    EXPECT_LT(relative_difference(sigmas, golden.tensor(entry.at("tensor"))), 5e-6) << entry.dump();
    ++compared;
  }
  EXPECT_EQ(compared, 86);
}

TEST(NoiseSchedules, FallToTheirEnd) {
  const ModelSchedule model = ModelSchedule::stable_diffusion();
  for (const ScheduleEntry& schedule : noise_schedules()) {
    for (const int steps : {1, 2, 3, 17, 150}) {
      const auto sigmas = schedule_sigmas(schedule, model, steps);
      const double last = schedule.id == "kl_optimal" ? model.sigma_min() : 0.0;
      EXPECT_NEAR(sigmas.back(), last, 1e-6) << schedule.label << " " << steps;
      EXPECT_TRUE(std::ranges::is_sorted(sigmas, std::ranges::greater{})) << schedule.label << " " << steps;
    }
  }
}

TEST(BetaQuantile, InvertsKnownDistributions) {
  EXPECT_NEAR(beta_quantile(0.25, 1.0, 1.0), 0.25, 1e-14);           // uniform
  EXPECT_NEAR(beta_quantile(0.3, 2.0, 1.0), std::sqrt(0.3), 1e-14);  // x^2
  EXPECT_NEAR(beta_quantile(1.0 / 3.0, 0.5, 0.5), 0.25, 1e-14);      // arcsine law
  EXPECT_EQ(beta_quantile(0.0, 0.6, 0.6), 0.0);
  EXPECT_EQ(beta_quantile(1.0, 0.6, 0.6), 1.0);
}

TEST(NoiseSchedules, AreFoundByIdLabelAndAliasInAnyCase) {
  EXPECT_EQ(find_noise_schedule("KARRAS")->id, "karras");
  EXPECT_EQ(find_noise_schedule("sgm uniform")->id, "sgm_uniform");
  EXPECT_EQ(find_noise_schedule("SGMUniform")->id, "sgm_uniform");
  EXPECT_EQ(find_noise_schedule("linear"), nullptr);
}

TEST(NoiseSchedules, RejectValuesOutOfRange) {
  const ModelSchedule model = ModelSchedule::stable_diffusion();
  const ScheduleEntry& karras = *find_noise_schedule("karras");
  EXPECT_THROW(schedule_sigmas(karras, model, 0), Error);
  EXPECT_THROW(schedule_sigmas(karras, model, 10001), Error);
  EXPECT_THROW(schedule_sigmas(karras, model, 10, {.sigma_min = 20.0}), Error);
  EXPECT_THROW(schedule_sigmas(karras, model, 10, {.sigma_min = -1.0}), Error);
  EXPECT_THROW(schedule_sigmas(karras, model, 10, {.sigma_max = INFINITY}), Error);
  EXPECT_THROW(schedule_sigmas(karras, model, 10, {.rho = -7.0}), Error);
  EXPECT_THROW(schedule_sigmas(karras, model, 10, {.beta_alpha = 0.0}), Error);
}

}  // namespace
}  // namespace fude::diffusion
