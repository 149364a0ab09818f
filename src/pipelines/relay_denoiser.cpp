#include "pipelines/relay_denoiser.h"

#include <memory>
#include <utility>

#include "pipelines/guidance_request.h"
#include "pipelines/picture_channels.h"
#include "pipelines/refiner_switch.h"

namespace fude::pipelines {
namespace {

diffusion::Contexts contexts_at(const JobContexts& contexts, int call) {
  diffusion::Contexts here{.positive = {}, .negative = contexts.negative.at_call(call)};
  for (const PartConditioning& part : contexts.positive) {
    here.positive.push_back({.weight = part.weight, .conditioning = part.at_call(call)});
  }
  return here;
}

// Where the batch gains little its bits would depend on the number of pieces.
diffusion::Network in_tiles(const Job& job, diffusion::Network network) {
  const std::optional<diffusion::LatentTiling> tiling = latent_tiling(job.request);
  if (!tiling) return network;
  diffusion::LatentTiling cut = *tiling;
  if (job.model.engine.device.is_cpu()) cut.batch = 1;
  return diffusion::tiled(std::move(network), cut);
}

diffusion::Network network_of(const Job& job, const nn::AttentionTweaks& attention, const at::Tensor& channels) {
  const models::UNet::Tweaks tweaks{.free_u = free_u_of(job.request),
                                    .self_attention = nn::tweaked_self_attention(attention),
                                    .hooks = job.networks.hooks,
                                    .contexts = std::make_shared<nn::ContextMemory>()};
  const diffusion::Network unet = [&job, tweaks](const at::Tensor& input, const at::Tensor& t,
                                                 const diffusion::Conditioning& words) {
    const at::ScalarType type = job.model.engine.type;
    const at::Tensor vector = words.vector.defined() ? words.vector.to(type) : words.vector;
    return job.model.networks.unet.forward(input, t, words.context.to(type), vector, tweaks);
  };
  return [&job, seen = in_tiles(job, unet), channels](const at::Tensor& x, const at::Tensor& t,
                                                      const diffusion::Conditioning& words) {
    at::Tensor input = x.to(job.model.engine.type);
    if (channels.defined()) input = at::cat({input, channels.expand({x.size(0), -1, -1, -1})}, 1);
    return seen(input, t, words);
  };
}

diffusion::GuidanceOptions guidance_options(const Job& job, int first_call) {
  const GenerationRequest& request = job.request;
  return {.scale = diffusion::effective_guidance(job.choice.sampler, request.cfg_scale),
          .prediction = job.prediction,
          .quantizes_timesteps = request.enable_quantization || job.choice.sampler.is_distilled,
          .batches_contexts = request.batch_cond_uncond,
          .separates_pictures = job.model.engine.device.is_cpu(),  // where a batch gains little
          .is_consistency_model = job.choice.sampler.is_distilled,
          .keeps_unguided = job.choice.sampler.uses_unguided,
          .rescale = request.cfg_rescale,
          .threshold = threshold_options(request),
          .perturbed_scale = request.pag_scale,
          .self_attention_scale = request.sag_scale,
          .self_attention_threshold = request.sag_threshold,
          .self_attention_blur = request.sag_blur,
          .min_uncond_sigma = request.s_min_uncond,
          .is_min_uncond_on_all = request.s_min_uncond_all,
          .skip_early_fraction = request.skip_early_cond,
          .first_call = first_call,
          .total_calls = job.calls_made()};
}

// `contexts` must outlive the denoiser, as the job must.
diffusion::GuidedDenoiser guided_denoiser(const Job& job, const JobContexts& contexts, int first_call = 0) {
  diffusion::GuidanceOptions options = guidance_options(job, first_call);
  nn::AttentionTweaks attention = attention_tweaks(job.request);
  if (options.perturbed_scale != 0) {
    nn::AttentionTweaks spoiled = attention;
    spoiled.is_middle_identity = true;
    options.perturbed = network_of(job, spoiled, job.picture_channels);
  }
  if (job.kind == PassKind::kFromPicture && sees_picture(job.model.networks.config)) {
    options.picture_scale = acting_image_guidance(job.request);
    options.blind = network_of(job, attention, at::zeros_like(job.picture_channels));
  }
  if (options.self_attention_scale != 0) {
    attention.middle_map = std::make_shared<at::Tensor>();
    options.attention_map = [map = attention.middle_map] { return *map; };
  }
  return diffusion::GuidedDenoiser(
      network_of(job, attention, job.picture_channels), job.schedule,
      [&contexts](int call) { return contexts_at(contexts, call); }, std::move(options));
}

}  // namespace

RelayDenoiser::RelayDenoiser(const Workers& workers)
    : workers_(&workers), first_(guided_denoiser(workers.first.job, workers.first.contexts)) {}

at::Tensor RelayDenoiser::operator()(const at::Tensor& x, double sigma) {
  if (!second_ && is_due(sigma)) {
    second_.emplace(guided_denoiser(workers_->refiner->job, workers_->refiner->contexts, first_.calls()));
  }
  return second_ ? (*second_)(x, sigma) : first_(x, sigma);
}

bool RelayDenoiser::is_due(double sigma) const {
  const Job& job = workers_->first.job;
  return workers_->refiner && is_refiner_due(job.request, job.model_levels,
                                             {.call = first_.calls(), .total_calls = job.calls_made(), .sigma = sigma});
}

}  // namespace fude::pipelines
