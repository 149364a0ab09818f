// Whole published generations, replayed without a network: the sampler is given the recorded predictions and must ask
// for the recorded latents at the recorded noise levels.
#include <gmock/gmock.h>

#include <filesystem>

#include "diffusion/brownian_tree.h"
#include "diffusion/image_rng.h"
#include "diffusion/sampler_table.h"
#include "tests/support/golden.h"

namespace fude::diffusion {
namespace {

constexpr std::int64_t kPixelsPerCell = 8;

class Trajectory {
 public:
  explicit Trajectory(const std::string& stem)
      : json_(tests::golden_json("trajectories/" + stem + ".json")),
        tensors_(tests::golden_tensors("trajectories/" + stem + ".safetensors")),
        params_(json_.at("params")),
        options_(json_.at("options")),
        choice_(resolve_sampler(params_.at("sampler_name").get<std::string>(), params_.value("scheduler", ""))) {}

  /// rms-relative, as stated with the recordings: adaptive steps and very high noise amplify rounding.
  double tolerance() const {
    if (has_zero_terminal_snr()) return 3e-4;
    return choice_.sampler.id == "dpm_adaptive" ? 1e-3 : 1e-4;
  }

  void replay() const {
    const int runs = params_.value("n_iter", 1);
    const std::int64_t calls = tensors_.tensor("calls.x").size(0) / runs;
    std::vector<at::Tensor> latents;
    int events = 0, draws = 0;
    for (int run = 0; run < runs; ++run) latents.push_back(replay_run(run, run * calls, calls, events, draws));
    // A recorded generation of several runs keeps the last latent.
    EXPECT_LT(tests::rms_relative(latents.back(), tensors_.tensor("final_latent")), tolerance());
    EXPECT_EQ(static_cast<std::size_t>(events), json_.at("callback_steps").size());
    EXPECT_EQ(draws, json_.at("rng_draws").get<int>());
  }

 private:
  bool has_zero_terminal_snr() const { return options_.contains("sd_noise_schedule"); }

  ModelSchedule model_schedule() const {
    const auto standard = ModelSchedule::stable_diffusion();
    return has_zero_terminal_snr() ? standard.with_zero_terminal_snr() : standard;
  }

  bool uses_timesteps() const { return choice_.sampler.uses_timesteps; }

  /// What was recorded for timestep samplers: inputs of unit variance, timesteps and predictions of the noise.
  at::Tensor replay_timestep_call(const at::Tensor& x, double sigma, std::int64_t call) const {
    // UniPC's levels lie between the model's, where its own formula differs a little from the network's.
    const double nearness = choice_.sampler.id == "unipc" ? 5e-2 : 1e-2;
    EXPECT_NEAR(model_.timestep_from_sigma(sigma), tensors_.tensor("calls.sigma")[call].item<double>(), nearness);
    EXPECT_LT(tests::rms_relative(variance_preserving(x, sigma), tensors_.tensor("calls.x")[call]), tolerance());
    return x - tensors_.tensor("calls.denoised")[call] * sigma;
  }

  at::Tensor replay_call(const at::Tensor& x, double sigma, std::int64_t call) const {
    if (uses_timesteps()) return replay_timestep_call(x, sigma, call);
    EXPECT_NEAR(sigma / tensors_.tensor("calls.sigma")[call].item<double>(), 1.0, tolerance() / 50) << "call " << call;
    EXPECT_LT(tests::rms_relative(x, tensors_.tensor("calls.x")[call]), tolerance()) << "call " << call;
    return tensors_.tensor("calls.denoised")[call];
  }

  ImageSeeds seeds(int run) const {
    ImageSeeds seeds;
    if (options_.value("randn_source", "CPU") == "NV") seeds.stream = NoiseStream::kPhilox;
    seeds.variation_strength = params_.value("subseed_strength", 0.0);
    seeds.resize_from_height = params_.value("seed_resize_from_h", 0) / kPixelsPerCell;
    seeds.resize_from_width = params_.value("seed_resize_from_w", 0) / kPixelsPerCell;
    seeds.seed_delta = options_.value("eta_noise_seed_delta", std::uint64_t{0});
    const int batch = params_.value("batch_size", 1);
    count_seeds(seeds, params_.at("seed"), params_.value("subseed", std::uint64_t{0}), run * batch, batch);
    return seeds;
  }

  SamplerOptions sampler_options() const {
    SamplerOptions options;
    options.eta = uses_timesteps() ? options_.value("eta_ddim", 0.0) : options_.value("eta_ancestral", 1.0);
    options.noise_scale = options_.value("s_noise", 1.0);
    options.churn = options_.value("s_churn", 0.0);
    options.churn_min = options_.value("s_tmin", 0.0);
    if (options_.value("s_tmax", 0.0) > 0.0) options.churn_max = options_.at("s_tmax");
    const std::string variant = options_.value("uni_pc_variant", "bh1");
    options.unipc.variant = variant == "bh2"          ? UniPcVariant::kBh2
                            : variant == "vary_coeff" ? UniPcVariant::kVaryCoeff
                                                      : UniPcVariant::kBh1;
    options.unipc.order = options_.value("uni_pc_order", 3);
    options.unipc.lowers_order_at_end = options_.value("uni_pc_lower_order_final", true);
    return options;
  }

  UniPcSpacing unipc_spacing() const {
    const std::string spacing = options_.value("uni_pc_skip_type", "time_uniform");
    if (spacing == "logSNR") return UniPcSpacing::kLogSnr;
    return spacing == "time_quadratic" ? UniPcSpacing::kTimeSquared : UniPcSpacing::kTime;
  }

  std::vector<double> sigmas() const {
    const ScheduleOptions schedule{.sigma_min = options_.value("sigma_min", 0.0),
                                   .sigma_max = options_.value("sigma_max", 0.0),
                                   .rho = options_.value("rho", 0.0),
                                   .unipc_spacing = unipc_spacing()};
    return sampling_sigmas(choice_, model_, params_.at("steps"), schedule,
                           options_.value("always_discard_next_to_last_sigma", false));
  }

  at::Tensor replay_run(int run, std::int64_t first_call, std::int64_t calls, int& events, int& draws) const {
    const ImageSeeds image_seeds = seeds(run);
    const std::int64_t height = params_.at("height").get<std::int64_t>() / kPixelsPerCell;
    const std::int64_t width = params_.at("width").get<std::int64_t>() / kPixelsPerCell;
    ImageRng rng(image_seeds, 4, height, width);
    const at::Tensor noise = rng.next();
    const std::string recorded_noise = "noise." + std::to_string(draws++);
    EXPECT_LT(tests::max_difference(noise, tensors_.tensor(recorded_noise)), 5e-6);

    const std::vector<double> sigmas = this->sigmas();
    BrownianNoise brownian(image_seeds.stream, image_seeds.seeds, sigmas, {4, height, width});
    SamplerContext context{.options = sampler_options(), .sigma_min = model_.sigma_min(), .model = &model_};
    context.noise = [&](double sigma, double next) {
      if (choice_.sampler.noise == StepNoiseKind::kBrownian) return brownian.step(sigma, next);
      ++draws;
      return rng.next();
    };
    context.on_step = [&](const StepEvent& event) {
      EXPECT_EQ(event.index, json_.at("callback_steps")[static_cast<std::size_t>(events)].get<int>());
      ++events;
    };
    std::int64_t call = first_call;
    const Denoiser recorded = [&](const at::Tensor& x, double sigma) {
      EXPECT_LT(call, first_call + calls);
      return replay_call(x, sigma, call++);
    };
    const at::Tensor start =
        starting_latent(choice_, noise, sigmas.front(), options_.value("sgm_noise_multiplier", false));
    const at::Tensor latent = choice_.sampler.run(recorded, start, sigmas, context);
    EXPECT_EQ(call, first_call + calls);
    return latent;
  }

  nlohmann::json json_;
  io::TensorFile tensors_;
  nlohmann::json params_, options_;
  SamplerChoice choice_;
  ModelSchedule model_ = model_schedule();
};

/// The recorded generations from words alone, in one pass. The unguided halves that CFG++ goes along were not recorded;
/// it is run with its network, in the tests of the pipeline.
std::vector<std::string> stems() {
  std::vector<std::string> stems;
  for (const auto& file : std::filesystem::directory_iterator(tests::golden_path("trajectories"))) {
    if (file.path().extension() != ".json" || file.path().filename().string().starts_with("_")) continue;
    const std::string stem = file.path().stem().string();
    const auto json = tests::golden_json("trajectories/" + stem + ".json");
    if (json.value("kind", "") != "txt2img" || json.at("params").value("enable_hr", false)) continue;
    if (!resolve_sampler(json.at("params").at("sampler_name").get<std::string>()).sampler.uses_unguided)
      stems.push_back(stem);
  }
  std::sort(stems.begin(), stems.end());
  return stems;
}

class Trajectories : public testing::TestWithParam<std::string> {};

TEST_P(Trajectories, AreReplayed) { Trajectory(GetParam()).replay(); }

INSTANTIATE_TEST_SUITE_P(Published, Trajectories, testing::ValuesIn(stems()), [](const auto& info) {
  std::string name = info.param;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
});

}  // namespace
}  // namespace fude::diffusion
