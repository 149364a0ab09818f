#include "diffusion/sampler.h"

#include <gmock/gmock.h>

#include <algorithm>
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
double path_error(const SamplerEntry& sampler, int steps, const SamplerOptions& options = {.eta = 0.0}) {
  const ModelSchedule model = ModelSchedule::stable_diffusion();
  SamplerContext context{.options = options, .noise = no_noise(), .model = &model};
  const at::Tensor start = at::full({1, 4, 4, 4}, 5.0, at::kDouble);
  const at::Tensor end = sampler.run(ideal_denoiser, start, falling_sigmas(steps, 5.0, 0.5), context);
  const double scale = sampler.uses_timesteps ? std::sqrt(1.25) : 1.0;  // these return unit variance
  return (end * scale - 5.0 * std::sqrt(1.25 / 26.0)).abs().max().item<double>();
}

// Multistep methods start with a first-order step, which bounds their order on the whole path.
class Deterministic : public testing::TestWithParam<std::pair<const char*, int>> {};

TEST_P(Deterministic, ConvergesWithItsOrder) {
  const auto [name, order] = GetParam();
  const SamplerEntry& sampler = resolve_sampler(name).sampler;
  const double ratio = path_error(sampler, 32) / path_error(sampler, 64);
  EXPECT_NEAR(std::log2(ratio), order, 0.5);
}

INSTANTIATE_TEST_SUITE_P(
    Samplers, Deterministic,
    testing::Values(std::pair{"euler", 1}, std::pair{"euler_ancestral", 1}, std::pair{"dpmpp_2m", 2},
                    std::pair{"dpmpp_sde", 2}, std::pair{"heun", 2}, std::pair{"dpm2", 2},
                    std::pair{"dpm2_ancestral", 2}, std::pair{"dpmpp_2s_ancestral", 2}, std::pair{"dpmpp_2m_sde", 2},
                    std::pair{"dpmpp_2m_sde_heun", 2}, std::pair{"dpmpp_3m_sde", 2}, std::pair{"lms", 2},
                    std::pair{"ddim", 1}, std::pair{"ddim_cfgpp", 1}, std::pair{"plms", 2}, std::pair{"unipc", 2},
                    std::pair{"euler_cfgpp", 1}, std::pair{"euler_ancestral_cfgpp", 1}, std::pair{"dpmpp_2m_cfgpp", 2},
                    std::pair{"er_sde", 2}, std::pair{"res_multistep", 2}, std::pair{"res_multistep_ancestral", 2},
                    std::pair{"gradient_estimation", 1}, std::pair{"tcd", 1}, std::pair{"ipndm", 2},
                    std::pair{"ipndm_v", 2}, std::pair{"deis", 2}, std::pair{"sa_solver", 2}, std::pair{"heunpp2", 1}));

TEST(SampleUniPc, FollowsThePathInEveryVariantAndOrder) {
  for (const UniPcVariant variant : {UniPcVariant::kBh1, UniPcVariant::kBh2, UniPcVariant::kVaryCoeff}) {
    for (const int order : {1, 2, 3, 4, 50}) {
      for (const bool lowers : {true, false}) {
        const UniPcOptions unipc{.variant = variant, .order = order, .lowers_order_at_end = lowers};
        EXPECT_LT(path_error(resolve_sampler("UniPC").sampler, 5, {.eta = 0.0, .unipc = unipc}), 0.1) << order;
      }
    }
  }
}

TEST(SampleUniPc, GainsFromEveryOrder) {
  double last = 1.0;
  for (const int order : {1, 2, 3, 4}) {
    const UniPcOptions unipc{.order = order, .lowers_order_at_end = false};
    const double error = path_error(resolve_sampler("UniPC").sampler, 5, {.eta = 0.0, .unipc = unipc});
    EXPECT_LT(error, last * 0.7) << order;
    last = error;
  }
}

std::vector<SamplerEntry> all_samplers() { return {samplers().begin(), samplers().end()}; }

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
    const ModelSchedule model = ModelSchedule::stable_diffusion();
    SamplerContext context{.options = {.eta = choice.sampler.default_eta}, .model = &model};
    context.on_step = on_step;
    context.noise = [&](double sigma, double next) {
      return choice.sampler.noise == StepNoiseKind::kBrownian ? brownian.step(sigma, next) : rng.next();
    };
    const Denoiser denoise = [&](const at::Tensor& x, double sigma) {
      if (calls != nullptr) ++*calls;
      return (x / std::sqrt(1.0 + sigma * sigma)).tanh();
    };
    return choice.sampler.run(denoise, starting_latent(choice, rng.next(), sigmas.front(), false), sigmas, context);
  }

  /// How many steps 6 asked for really are.
  static int steps_of_run() {
    const auto sigmas = sampling_sigmas(resolve_sampler(GetParam().label), ModelSchedule::stable_diffusion(), 6);
    return static_cast<int>(sigmas.size()) - 1;
  }
};

TEST_P(EverySampler, GivesTheSamePictureForTheSameSeed) {
  EXPECT_TRUE(run({1, 2}).equal(run({1, 2})));
  EXPECT_FALSE(run({1}).equal(run({2})));
}

TEST_P(EverySampler, DoesNotDependOnTheBatch) {
  if (GetParam().id == "dpm_adaptive") return;  // its steps follow the error of the whole batch, as published
  const at::Tensor batch = run({5, 6, 7});
  EXPECT_LT(tests::max_difference(run({6})[0], batch[1]), 1e-6);
}

TEST_P(EverySampler, LandsOnTheLastPrediction) {
  if (GetParam().id == "lms") return;                                  // it extrapolates from four predictions
  if (GetParam().chooses_levels || GetParam().uses_timesteps) return;  // these end above sigma 0
  at::Tensor last;
  const at::Tensor end = run({3}, [&](const StepEvent& event) { last = event.denoised; });
  EXPECT_LT(tests::max_difference(end, last), 1e-6);
}

TEST_P(EverySampler, ReportsEveryStepOnceInOrder) {
  int steps = 0;
  run({3}, [&](const StepEvent& event) {
    EXPECT_EQ(event.index, steps++);
    if (!GetParam().chooses_levels) {
      EXPECT_EQ(event.count, steps_of_run());
    }
    EXPECT_GT(event.sigma, 0.0);
  });
  if (!GetParam().chooses_levels) {
    EXPECT_EQ(steps, steps_of_run());
  }
}

TEST_P(EverySampler, CallsTheModelAsOftenAsItsRowSays) {
  if (GetParam().chooses_levels) return;  // they have tests of their own
  int calls = 0;
  run(
      {3}, [](const StepEvent&) {}, &calls);
  int expected = GetParam().id == "plms" ? 1 : 0;  // looks ahead once
  // There is nothing to look ahead to from the last levels.
  for (int left = steps_of_run(); left > 0; --left) expected += std::min(GetParam().predictions, left);
  EXPECT_EQ(calls, expected);
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

INSTANTIATE_TEST_SUITE_P(Samplers, EverySampler, testing::ValuesIn(all_samplers()),
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

/// A run from sigma 5 with unit noise of one seed; the unguided half is predicted by `unguided`.
at::Tensor run_with_noise(const char* name, const SamplerOptions& options, const Denoiser& unguided = {}) {
  const ModelSchedule model = ModelSchedule::stable_diffusion();
  const std::vector<double> sigmas{5.0, 2.0, 1.0, 0.4, 0.0};
  ImageRng rng({.seeds = {1}}, 4, 4, 4);
  SamplerContext context{.options = options, .model = &model};
  context.noise = [&](double, double) { return rng.next(); };
  at::Tensor latest;
  if (unguided) context.unguided = [&] { return latest; };
  const Denoiser denoise = [&](const at::Tensor& x, double sigma) {
    if (unguided) latest = unguided(x, sigma);
    return ideal_denoiser(x, sigma);
  };
  return resolve_sampler(name).sampler.run(denoise, at::full({1, 4, 4, 4}, 5.0), sigmas, context);
}

TEST(SampleDdpm, IsEulerWithAncestralNoise) {
  EXPECT_LT(tests::max_difference(run_with_noise("DDPM", {}), run_with_noise("Euler a", {})), 1e-5);
}

TEST(SampleTcd, IsEulerWithoutNoise) {
  EXPECT_LT(tests::max_difference(run_with_noise("TCD", {.eta = 0.0}), run_with_noise("Euler", {})), 1e-5);
  EXPECT_GT(tests::max_difference(run_with_noise("TCD", {.eta = 0.3}), run_with_noise("Euler", {})), 1e-2);
}

TEST(SampleTcd, RefusesToRunWithoutTheModelsLevels) {
  const std::vector<double> sigmas{2.0, 1.0, 0.0};
  EXPECT_THROW(sample_tcd(ideal_denoiser, at::ones({1, 4, 1, 1}), sigmas, {.noise = no_noise()}), Error);
}

TEST(SampleLcm, NoisesEveryPredictionAnew) {
  const std::vector<double> sigmas{5.0, 2.0, 0.0};
  const at::Tensor noise = at::full({1, 4, 4, 4}, 0.5);
  SamplerContext context{.noise = [&](double, double) { return noise; }};
  const at::Tensor end = sample_lcm(ideal_denoiser, at::full({1, 4, 4, 4}, 5.0), sigmas, context);
  EXPECT_NEAR(end[0][0][0][0].item<double>(), (5.0 / 26.0 + 0.5 * 2.0) / 5.0, 1e-6);
}

// Without guidance CFG++ is the plain method; with it the noise is that of the unguided half.
TEST(CfgPlusPlus, IsThePlainMethodWithoutGuidance) {
  const SamplerOptions quiet{.eta = 0.0};
  EXPECT_LT(tests::max_difference(run_with_noise("Euler CFG++", {}), run_with_noise("Euler", {})), 1e-5);
  EXPECT_LT(tests::max_difference(run_with_noise("Euler a CFG++", {}), run_with_noise("Euler a", {})), 1e-5);
  EXPECT_LT(tests::max_difference(run_with_noise("DPM++ 2M CFG++", {}), run_with_noise("DPM++ 2M", {})), 1e-5);
  EXPECT_LT(tests::max_difference(run_with_noise("DDIM CFG++", quiet), run_with_noise("DDIM", quiet)), 1e-5);
}

TEST(CfgPlusPlus, GoesAlongTheUnguidedNoise) {
  const Denoiser nothing = [](const at::Tensor& x, double) { return at::zeros_like(x); };
  // From sigma 5 to 2: the prediction plus 2 / 5 of x, and so on; the last step is the prediction.
  double x = 5.0, sigma = 5.0;
  for (const double next : {2.0, 1.0, 0.4, 0.0}) {
    x = x / (1.0 + sigma * sigma) + x * next / sigma;
    sigma = next;
  }
  EXPECT_NEAR(run_with_noise("Euler CFG++", {}, nothing)[0][0][0][0].item<double>(), x, 1e-5);
}

TEST(SamplersWithNoise, LeaveTheVarianceOfTheDataBehind) {
  // Data of unit variance, many values and steps: what the noise on the way does must not show at the end.
  const std::vector<double> sigmas = [] {
    std::vector<double> levels = falling_sigmas(60, 20.0, 0.03);
    levels.push_back(0.0);
    return levels;
  }();
  const ModelSchedule model = ModelSchedule::stable_diffusion();
  for (const char* name : {"ER SDE", "SA-Solver", "RES Multistep a", "TCD", "DDPM", "Euler a CFG++"}) {
    ImageRng rng({.seeds = {4}}, 4, 32, 32);
    SamplerContext context{.model = &model};
    context.noise = [&](double, double) { return rng.next(); };
    const at::Tensor start = rng.next() * std::sqrt(401.0);
    const SamplerEntry& sampler = resolve_sampler(name).sampler;
    context.options.eta = sampler.default_eta;
    const at::Tensor end = sampler.run(ideal_denoiser, start, sigmas, context);
    EXPECT_NEAR(end.std().item<double>(), 1.0, 0.1) << name;
  }
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
