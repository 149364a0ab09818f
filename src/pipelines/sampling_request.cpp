#include "pipelines/sampling_request.h"

namespace fude::pipelines {
namespace {

NoiseStream noise_stream(const GenerationRequest& request) {
  return request.randn_source == "CPU" ? NoiseStream::kTorchCpu : NoiseStream::kPhilox;
}

diffusion::UniPcOptions unipc_options(const GenerationRequest& request) {
  using diffusion::UniPcVariant;
  diffusion::UniPcOptions options{.order = request.unipc_order, .lowers_order_at_end = request.unipc_lower_order_final};
  if (request.unipc_variant == "bh2") options.variant = UniPcVariant::kBh2;
  if (request.unipc_variant == "vary_coeff") options.variant = UniPcVariant::kVaryCoeff;
  return options;
}

}  // namespace

diffusion::ImageSeeds batch_seeds(const GenerationRequest& request, int first) {
  diffusion::ImageSeeds seeds{.stream = noise_stream(request),
                              .seeds = {},
                              .variation_seeds = {},
                              .variation_strength = request.subseed_strength,
                              .seed_delta = static_cast<std::uint64_t>(request.eta_noise_seed_delta)};
  for (int i = 0; i < request.batch_size; ++i) {
    const GenerationRequest own = request_of_image(request, first + i);
    seeds.seeds.push_back(static_cast<std::uint64_t>(own.seed));
    seeds.variation_seeds.push_back(static_cast<std::uint64_t>(own.subseed));
  }
  if (request.seed_resize_from_w > 0 && request.seed_resize_from_h > 0) {
    seeds.resize_from_width = request.seed_resize_from_w / 8;
    seeds.resize_from_height = request.seed_resize_from_h / 8;
  }
  return seeds;
}

diffusion::SamplerOptions sampler_options(const GenerationRequest& request, const diffusion::SamplerEntry& sampler) {
  diffusion::SamplerOptions options{.eta = acting_eta(request, sampler),
                                    .noise_scale = request.s_noise,
                                    .churn = request.s_churn,
                                    .churn_min = request.s_tmin,
                                    .unipc = unipc_options(request)};
  if (request.s_tmax > 0) options.churn_max = request.s_tmax;
  return options;
}

diffusion::ScheduleOptions schedule_options(const GenerationRequest& request,
                                            const models::StableDiffusionConfig& config) {
  using diffusion::UniPcSpacing;
  diffusion::ScheduleOptions options{.sigma_min = request.sigma_min,
                                     .sigma_max = request.sigma_max,
                                     .rho = request.rho,
                                     .beta_alpha = request.beta_alpha,
                                     .beta_beta = request.beta_beta,
                                     .is_sdxl = config.unet.vector_dim > 0};
  if (request.unipc_skip_type == "time_quadratic") options.unipc_spacing = UniPcSpacing::kTimeSquared;
  if (request.unipc_skip_type == "logSNR") options.unipc_spacing = UniPcSpacing::kLogSnr;
  return options;
}

}  // namespace fude::pipelines
