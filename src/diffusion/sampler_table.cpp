#include "diffusion/sampler_table.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "core/names.h"
#include "diffusion/sampler_names.h"
#include "diffusion/samplers/samplers.h"
#include "diffusion/schedules/schedules.h"

namespace fude::diffusion {
namespace {

/// A row of the table: what sampler_traits.h says of `id`, and the function. Does not compile for an unknown id.
consteval SamplerEntry runnable(std::string_view id, decltype(SamplerEntry::run) run,
                                decltype(SamplerEntry::levels) levels = nullptr,
                                decltype(SamplerEntry::tail) tail = nullptr) {
  return {*std::ranges::find(kSamplerTraits, id, &SamplerTraits::id), run, levels, tail};
}

std::vector<double> ddim_levels(const ModelSchedule& model, int steps, const ScheduleOptions& /*options*/) {
  return timestep_sigmas(model, steps);
}

std::vector<double> ddim_tail(const ModelSchedule& /*model*/, std::vector<double> left,
                              const ScheduleOptions& /*options*/) {
  return left;
}

constexpr std::array kSamplers{
    runnable("dpmpp_2m", sample_dpmpp_2m),
    runnable("dpmpp_sde", sample_dpmpp_sde),
    runnable("dpmpp_2m_sde", sample_dpmpp_2m_sde),
    runnable("dpmpp_2m_sde_heun", sample_dpmpp_2m_sde_heun),
    runnable("dpmpp_2s_ancestral", sample_dpmpp_2s_ancestral),
    runnable("dpmpp_3m_sde", sample_dpmpp_3m_sde),
    runnable("euler_ancestral", sample_euler_ancestral),
    runnable("euler", sample_euler),
    runnable("lms", sample_lms),
    runnable("heun", sample_heun),
    runnable("dpm2", sample_dpm2),
    runnable("dpm2_ancestral", sample_dpm2_ancestral),
    runnable("dpm_fast", sample_dpm_fast),
    runnable("dpm_adaptive", sample_dpm_adaptive),
    runnable("restart", sample_restart),
    runnable("ddim", sample_ddim, ddim_levels, ddim_tail),
    runnable("ddim_cfgpp", sample_ddim_cfgpp, ddim_levels, ddim_tail),
    runnable("plms", sample_plms, ddim_levels, ddim_tail),
    runnable("unipc", sample_unipc, unipc_sigmas, unipc_tail),
    runnable("lcm", sample_lcm),
    runnable("euler_cfgpp", sample_euler_cfgpp),
    runnable("euler_ancestral_cfgpp", sample_euler_ancestral_cfgpp),
    runnable("dpmpp_2m_cfgpp", sample_dpmpp_2m_cfgpp),
    runnable("er_sde", sample_er_sde),
    runnable("res_multistep", sample_res_multistep),
    runnable("res_multistep_ancestral", sample_res_multistep_ancestral),
    runnable("gradient_estimation", sample_gradient_estimation),
    runnable("tcd", sample_tcd),
    runnable("ipndm", sample_ipndm),
    runnable("ipndm_v", sample_ipndm_v),
    runnable("deis", sample_deis),
    runnable("sa_solver", sample_sa_solver),
    runnable("heunpp2", sample_heunpp2),
    runnable("ddpm", sample_ddpm),
};
static_assert(kSamplers.size() == kSamplerTraits.size(), "every sampler that is named can be run");

}  // namespace

std::span<const SamplerEntry> samplers() { return kSamplers; }

const SamplerEntry* find_sampler(std::string_view name) {
  const auto found = std::ranges::find_if(kSamplers, [&](const SamplerEntry& entry) { return is_called(entry, name); });
  return found == kSamplers.end() ? nullptr : &*found;
}

SamplerChoice resolve_sampler(std::string_view sampler, std::string_view schedule) {
  const SamplerNames names = resolve_sampler_names(sampler, schedule);
  return {*find_sampler(names.sampler.id), *find_noise_schedule(acting_schedule(names).id)};
}

std::vector<double> timestep_sigmas(const ModelSchedule& model, int steps) {
  if (steps < 1) fail(ErrorCode::kInvalidArgument, "steps is {}, expected 1 or more", steps);
  const int stride = std::max(model.size() / steps, 1);
  std::vector<double> sigmas;
  for (int level = 0; level < model.size(); level += stride)
    sigmas.push_back(model.sigmas()[static_cast<std::size_t>(std::min(level + 1, model.size() - 1))]);
  std::ranges::reverse(sigmas);
  return sigmas;
}

ModelSchedule sampled_levels(const SamplerTraits& sampler, const ModelSchedule& model) {
  constexpr int kDistilledLevels = 50;
  return sampler.is_distilled ? model.thinned(model.size() / kDistilledLevels) : model;
}

double effective_guidance(const SamplerTraits& sampler, double scale) {
  constexpr double kFullScale = 12.5;  // as the web UI has it
  return sampler.uses_unguided ? scale / kFullScale : scale;
}

at::Tensor starting_latent(const SamplerChoice& choice, const at::Tensor& noise, double sigma, bool full_variance) {
  return starting_latent(noise, sigma, full_variance || choice.sampler.uses_timesteps);
}

std::vector<double> sampling_sigmas(const SamplerChoice& choice, const ModelSchedule& model, int steps,
                                    const ScheduleOptions& options, bool discard_penultimate) {
  if (choice.sampler.levels != nullptr) return choice.sampler.levels(model, steps, options);
  const bool discard = discard_penultimate || choice.sampler.discards_penultimate;
  const ModelSchedule levels = sampled_levels(choice.sampler, model);
  std::vector<double> sigmas = schedule_sigmas(choice.schedule, levels, steps + (discard ? 1 : 0), options);
  if (discard) sigmas.erase(sigmas.end() - 2);
  return sigmas;
}

}  // namespace fude::diffusion
