#include "pipelines/sampling_pass.h"

#include <functional>
#include <vector>

#include "core/error.h"
#include "diffusion/brownian_tree.h"
#include "diffusion/image_rng.h"
#include "pipelines/relay_denoiser.h"
#include "pipelines/sampling_request.h"

namespace fude::pipelines {
namespace {

std::vector<std::int64_t> latent_shape(const Job& job, const PassStart& start) {
  if (start.latent.defined()) return start.latent.sizes().slice(1).vec();
  const models::AutoencoderKLConfig& config = job.model.networks.config.autoencoder;
  return {config.embed_dim, job.request.height / config.downscale(), job.request.width / config.downscale()};
}

at::Tensor first_latent(const Job& job, const PassStart& start, const at::Tensor& noise) {
  const at::Tensor unit = noise.to(job.model.engine.device);
  if (!start.latent.defined()) {
    return diffusion::starting_latent(job.choice, unit, job.levels.noise_sigma, job.request.sgm_noise_multiplier);
  }
  const bool is_hires = job.kind == PassKind::kHires;
  const at::Tensor scaled = is_hires ? unit : unit * job.request.initial_noise_multiplier;
  return diffusion::noised_latent(job.choice, job.levels, start.latent, scaled, job.request.img2img_extra_noise);
}

void check_numbers(const Job& job, const at::Tensor& latent) {
  if (latent.isfinite().all().item<bool>()) return;
  const bool has_networks = !job.networks.loras.empty() || !job.networks.hypernetworks.empty();
  fail(ErrorCode::kUnsupportedModel, "model '{}' gave values that are no numbers, expected a finite picture; try {}",
       job.model.name, has_networks ? "the prompt's networks with less strength" : "--precision fp32");
}

}  // namespace

SampledBatch sample_batch(const Workers& workers, int first, const PassStart& start,
                          const diffusion::StepObserver& on_step) {
  const Job& job = workers.first.job;
  const std::vector<std::int64_t> shape = latent_shape(job, start);
  const diffusion::ImageSeeds seeds = batch_seeds(job.request, first);
  diffusion::ImageRng rng(seeds, shape[0], shape[1], shape[2]);
  SampledBatch batch{.noise = rng.next(), .latent = {}};

  diffusion::SamplerContext context{
      .options = sampler_options(job.request, job.choice.sampler),
      .noise = [&rng](double, double) { return rng.next(); },
      .on_step = on_step,
      .sigma_min = start.latent.defined() ? 0 : job.schedule.sigma_min(),
      .model = &job.model_levels,
  };
  std::optional<diffusion::BrownianNoise> brownian;
  if (job.choice.sampler.noise == diffusion::StepNoiseKind::kBrownian && !job.levels.all.empty()) {
    brownian.emplace(seeds.stream, seeds.seeds, job.levels.all, shape);
    context.noise = [&brownian](double sigma, double next) { return brownian->step(sigma, next); };
  }
  RelayDenoiser relay(workers);
  diffusion::MaskedDenoiser denoise(std::ref(relay), start.mask, job.choice.sampler.uses_timesteps);
  if (job.choice.sampler.uses_unguided) {
    context.unguided = [&] { return denoise.masked(relay.unguided()); };
  }
  const at::Tensor x = first_latent(job, start, batch.noise);
  try {
    batch.latent = job.levels.sigmas.empty() || job.step_count() == 0
                       ? x
                       : job.choice.sampler.run(std::ref(denoise), x, job.levels.sigmas, context);
  } catch (const BatchEnded& ended) {
    batch.latent = ended.denoised;
    batch.unfinished_at = ended.steps;
  }
  batch.latent = start.mask.keep(batch.latent);
  check_numbers(job, batch.latent);
  batch.model = &relay.latest();
  return batch;
}

}  // namespace fude::pipelines
