#include "diffusion/noise_schedules.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "core/error.h"
#include "tests/support/golden.h"

namespace fude::diffusion {
namespace {

ScheduleOptions options_from(const nlohmann::json& json) {
  return {.sigma_min = json.value("sigma_min", 0.0),
          .sigma_max = json.value("sigma_max", 0.0),
          .rho = json.value("rho", 0.0)};
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
    if (entry.value("model", "") != "sd") continue;
    const ScheduleEntry* schedule = find_noise_schedule(entry.at("scheduler").get<std::string>());
    if (schedule == nullptr) continue;
    const auto sigmas = schedule_sigmas(*schedule, model, entry.at("n"), options_from(entry.at("options")));
    EXPECT_LT(relative_difference(sigmas, golden.tensor(entry.at("tensor"))), 5e-6) << entry.dump();
    ++compared;
  }
  EXPECT_GE(compared, 27);
}

TEST(NoiseSchedules, FallToZero) {
  const ModelSchedule model = ModelSchedule::stable_diffusion();
  for (const ScheduleEntry& schedule : noise_schedules()) {
    for (const int steps : {1, 2, 3, 17, 150}) {
      const auto sigmas = schedule_sigmas(schedule, model, steps);
      EXPECT_EQ(sigmas.back(), 0.0) << schedule.label << " " << steps;
      EXPECT_TRUE(std::ranges::is_sorted(sigmas, std::ranges::greater{})) << schedule.label << " " << steps;
    }
  }
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
}

}  // namespace
}  // namespace fude::diffusion
