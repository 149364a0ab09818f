#include "diffusion/sampler.h"

#include <gmock/gmock.h>

#include <cmath>

#include "core/error.h"
#include "diffusion/brownian_tree.h"
#include "diffusion/image_rng.h"
#include "diffusion/sampler_table.h"
#include "diffusion/samplers/samplers.h"
#include "tests/support/golden.h"

namespace fude::diffusion {
namespace {

// For data ~ N(0, 1) the ideal denoiser and every point of the probability flow have closed forms.
at::Tensor ideal_denoiser(const at::Tensor& x, double sigma) { return x / (1.0 + sigma * sigma); }

StepNoise no_noise() {
  return [](double, double) { return at::zeros({1, 4, 4, 4}); };
}

std::vector<double> falling_sigmas(int steps, double high, double low) {
  std::vector<double> sigmas;
  for (int i = 0; i <= steps; ++i) sigmas.push_back(high * std::pow(low / high, static_cast<double>(i) / steps));
  return sigmas;
}

/// The error at sigma 0.5 after starting at sigma 5 and following the deterministic path.
double path_error(const SamplerEntry& sampler, int steps) {
  SamplerContext context{.options = {.eta = 0.0}, .noise = no_noise()};
  const at::Tensor start = at::full({1, 4, 4, 4}, 5.0, at::kDouble);
  const at::Tensor end = sampler.run(ideal_denoiser, start, falling_sigmas(steps, 5.0, 0.5), context);
  return (end - 5.0 * std::sqrt(1.25 / 26.0)).abs().max().item<double>();
}

// Multistep methods start with a first-order step, which bounds their order on the whole path.
class Deterministic : public testing::TestWithParam<std::pair<const char*, int>> {};

TEST_P(Deterministic, ConvergesWithItsOrder) {
  const auto [name, order] = GetParam();
  const SamplerEntry& sampler = resolve_sampler(name).sampler;
  const double ratio = path_error(sampler, 32) / path_error(sampler, 64);
  EXPECT_NEAR(std::log2(ratio), order, 0.5);
}

INSTANTIATE_TEST_SUITE_P(Samplers, Deterministic,
                         testing::Values(std::pair{"euler", 1}, std::pair{"euler_ancestral", 1},
                                         std::pair{"dpmpp_2m", 2}, std::pair{"dpmpp_sde", 2}, std::pair{"heun", 2},
                                         std::pair{"dpm2", 2}, std::pair{"dpm2_ancestral", 2},
                                         std::pair{"dpmpp_2s_ancestral", 2}, std::pair{"dpmpp_2m_sde", 2},
                                         std::pair{"dpmpp_2m_sde_heun", 2}, std::pair{"dpmpp_3m_sde", 2},
                                         std::pair{"lms", 2}));

/// The samplers that walk down the given list to 0.
std::vector<SamplerEntry> samplers_of_lists() {
  std::vector<SamplerEntry> entries;
  for (const SamplerEntry& entry : samplers()) {
    if (!entry.chooses_levels && !entry.uses_timesteps) entries.push_back(entry);
  }
  return entries;
}

class EverySampler : public testing::TestWithParam<SamplerEntry> {
 protected:
  /// A run over a published schedule with a denoiser that is not linear; every image has its own noise.
  static at::Tensor run(
      const std::vector<std::uint64_t>& seeds, const StepObserver& on_step = [](const StepEvent&) {},
      int* calls = nullptr, int steps = 6) {
    const SamplerChoice choice = resolve_sampler(GetParam().label);
    const auto sigmas = sampling_sigmas(choice, ModelSchedule::stable_diffusion(), steps);
    ImageRng rng({.seeds = seeds}, 4, 4, 6);
    BrownianNoise brownian(NoiseStream::kTorchCpu, seeds, sigmas, {4, 4, 6});
    SamplerContext context;
    context.on_step = on_step;
    context.noise = [&](double sigma, double next) {
      return choice.sampler.noise == StepNoiseKind::kBrownian ? brownian.step(sigma, next) : rng.next();
    };
    const Denoiser denoise = [&](const at::Tensor& x, double sigma) {
      if (calls != nullptr) ++*calls;
      return (x / std::sqrt(1.0 + sigma * sigma)).tanh();
    };
    return choice.sampler.run(denoise, starting_latent(rng.next(), sigmas.front()), sigmas, context);
  }
};

TEST_P(EverySampler, GivesTheSamePictureForTheSameSeed) {
  EXPECT_TRUE(run({1, 2}).equal(run({1, 2})));
  EXPECT_FALSE(run({1}).equal(run({2})));
}

TEST_P(EverySampler, DoesNotDependOnTheBatch) {
  const at::Tensor batch = run({5, 6, 7});
  EXPECT_LT(tests::max_difference(run({6})[0], batch[1]), 1e-6);
}

TEST_P(EverySampler, LandsOnTheLastPrediction) {
  if (GetParam().id == "lms") return;  // it extrapolates from four predictions
  at::Tensor last;
  const at::Tensor end = run({3}, [&](const StepEvent& event) { last = event.denoised; });
  EXPECT_LT(tests::max_difference(end, last), 1e-6);
}

TEST_P(EverySampler, ReportsEveryStepOnceInOrder) {
  std::vector<int> indices;
  run({3}, [&](const StepEvent& event) {
    indices.push_back(event.index);
    EXPECT_EQ(event.count, 6);
    EXPECT_GT(event.sigma, 0.0);
  });
  EXPECT_THAT(indices, testing::ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_P(EverySampler, CallsTheModelOnceOrTwiceAStepAndOnceForTheLast) {
  int calls = 0;
  run(
      {3}, [](const StepEvent&) {}, &calls);
  EXPECT_EQ(calls, GetParam().is_second_order ? 11 : 6);
}

TEST_P(EverySampler, WorksWithOneStep) {
  EXPECT_TRUE(run(
                  {3}, [](const StepEvent&) {}, nullptr, 1)
                  .isfinite()
                  .all()
                  .item<bool>());
}

TEST_P(EverySampler, StopsWhenTheObserverThrows) {
  int steps = 0;
  const auto cancel_third = [&](const StepEvent&) {
    if (++steps == 3) fail(ErrorCode::kCancelled, "cancelled");
  };
  EXPECT_THROW(run({3}, cancel_third), Error);
  EXPECT_EQ(steps, 3);
}

INSTANTIATE_TEST_SUITE_P(Samplers, EverySampler, testing::ValuesIn(samplers_of_lists()),
                         [](const auto& info) { return std::string(info.param.id); });

// In the variance-preserving scale the ideal path stays where it is.
TEST(SampleDdim, StaysOnThePathOfUnitVariance) {
  const std::vector<double> sigmas = timestep_sigmas(ModelSchedule::stable_diffusion(), 100);
  const at::Tensor start = at::full({1, 4, 4, 4}, 0.5 * std::sqrt(1.0 + sigmas[0] * sigmas[0]), at::kDouble);
  for (const char* name : {"DDIM", "PLMS"}) {
    SamplerContext context{.options = {.eta = 0.0}, .noise = no_noise()};
    const at::Tensor end = resolve_sampler(name).sampler.run(ideal_denoiser, start, sigmas, context);
    EXPECT_LT((end - 0.5).abs().max().item<double>(), 0.02) << name;
  }
}

TEST(SampleDpmFast, UsesUpItsPredictions) {
  for (const int steps : {1, 2, 3, 4, 5, 6, 7}) {
    const auto sigmas = falling_sigmas(steps, 5.0, 0.5);
    int calls = 0;
    const Denoiser denoise = [&](const at::Tensor& x, double sigma) {
      ++calls;
      return ideal_denoiser(x, sigma);
    };
    sample_dpm_fast(denoise, at::full({1, 4, 4, 4}, 5.0), sigmas, {.noise = no_noise(), .sigma_min = 0.5});
    EXPECT_EQ(calls, steps);
  }
}

TEST(SampleDpmFast, FollowsThePath) { EXPECT_LT(path_error(resolve_sampler("DPM fast").sampler, 30), 5e-3); }

TEST(SampleDpmAdaptive, FollowsThePathWhateverTheNumberOfSteps) {
  EXPECT_LT(path_error(resolve_sampler("DPM adaptive").sampler, 2), 5e-3);
}

TEST(SampleDpmAdaptive, EndsWhenTheNetworkGivesNoNumbers) {
  const Denoiser broken = [](const at::Tensor& x, double) { return at::full_like(x, NAN); };
  const std::vector<double> sigmas{2.0, 1.0, 0.0};
  EXPECT_TRUE(
      sample_dpm_adaptive(broken, at::ones({1, 4, 1, 1}), sigmas, {.noise = no_noise()}).isnan().all().item<bool>());
}

TEST(SampleEulerAncestral, IgnoresTheNoiseScaleAsPublished) {
  const std::vector<double> sigmas{5.0, 2.0, 1.0, 0.0};
  const auto run = [&](double noise_scale) {
    ImageRng rng({.seeds = {1}}, 4, 4, 4);
    SamplerContext context{.options = {.noise_scale = noise_scale}};
    context.noise = [&](double, double) { return rng.next(); };
    return sample_euler_ancestral(ideal_denoiser, at::full({1, 4, 4, 4}, 5.0), sigmas, context);
  };
  EXPECT_TRUE(run(1.0).equal(run(1.5)));
}

TEST(AncestralStep, ArrivesAtTheNextLevel) {
  for (const double eta : {0.0, 0.3, 1.0}) {
    const AncestralStep step = ancestral_step(10.0F, 6.0F, eta);
    EXPECT_NEAR(std::hypot(step.down, step.up), 6.0, 1e-5) << eta;
  }
  EXPECT_EQ(ancestral_step(10.0F, 6.0F, 0.0).up, 0.0F);
  EXPECT_EQ(ancestral_step(10.0F, 0.0F, 1.0).down, 0.0F);
}

TEST(StartingLatent, ScalesNoiseToTheFirstLevel) {
  const at::Tensor noise = at::ones({1, 4, 2, 2});
  EXPECT_EQ(starting_latent(noise, 3.0)[0][0][0][0].item<float>(), 3.0F);
  EXPECT_NEAR(starting_latent(noise, 3.0, true)[0][0][0][0].item<double>(), std::sqrt(10.0), 1e-6);
}

}  // namespace
}  // namespace fude::diffusion
