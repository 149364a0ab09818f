#include "diffusion/sampler_table.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/error.h"
#include "core/names.h"
#include "core/nearest_name.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {
namespace {

constexpr std::array<std::string_view, 1> kDpmpp2mAliases{"k_dpmpp_2m"};
constexpr std::array<std::string_view, 1> kDpmppSdeAliases{"k_dpmpp_sde"};
constexpr std::array<std::string_view, 1> kDpmpp2mSdeAliases{"k_dpmpp_2m_sde"};
constexpr std::array<std::string_view, 1> kDpmpp2mSdeHeunAliases{"k_dpmpp_2m_sde_heun"};
constexpr std::array<std::string_view, 1> kDpmpp2sAncestralAliases{"k_dpmpp_2s_a"};
constexpr std::array<std::string_view, 1> kDpmpp3mSdeAliases{"k_dpmpp_3m_sde"};
constexpr std::array<std::string_view, 3> kEulerAncestralAliases{"k_euler_a", "k_euler_ancestral", "Euler ancestral"};
constexpr std::array<std::string_view, 1> kEulerAliases{"k_euler"};
constexpr std::array<std::string_view, 1> kLmsAliases{"k_lms"};
constexpr std::array<std::string_view, 1> kHeunAliases{"k_heun"};
constexpr std::array<std::string_view, 1> kDpm2Aliases{"k_dpm_2"};
constexpr std::array<std::string_view, 1> kDpm2AncestralAliases{"k_dpm_2_a"};
constexpr std::array<std::string_view, 1> kDpmFastAliases{"k_dpm_fast"};
constexpr std::array<std::string_view, 1> kDpmAdaptiveAliases{"k_dpm_ad"};

constexpr std::array kSamplers{
    SamplerEntry{.id = "dpmpp_2m",
                 .label = "DPM++ 2M",
                 .aliases = kDpmpp2mAliases,
                 .default_schedule = "karras",
                 .run = sample_dpmpp_2m},
    SamplerEntry{.id = "dpmpp_sde",
                 .label = "DPM++ SDE",
                 .aliases = kDpmppSdeAliases,
                 .default_schedule = "karras",
                 .noise = StepNoiseKind::kBrownian,
                 .is_second_order = true,
                 .run = sample_dpmpp_sde},
    SamplerEntry{.id = "dpmpp_2m_sde",
                 .label = "DPM++ 2M SDE",
                 .aliases = kDpmpp2mSdeAliases,
                 .default_schedule = "exponential",
                 .noise = StepNoiseKind::kBrownian,
                 .run = sample_dpmpp_2m_sde},
    SamplerEntry{.id = "dpmpp_2m_sde_heun",
                 .label = "DPM++ 2M SDE Heun",
                 .aliases = kDpmpp2mSdeHeunAliases,
                 .default_schedule = "exponential",
                 .noise = StepNoiseKind::kBrownian,
                 .run = sample_dpmpp_2m_sde_heun},
    SamplerEntry{.id = "dpmpp_2s_ancestral",
                 .label = "DPM++ 2S a",
                 .aliases = kDpmpp2sAncestralAliases,
                 .default_schedule = "karras",
                 .noise = StepNoiseKind::kIndependent,
                 .is_second_order = true,
                 .writes_seed_delta = true,
                 .run = sample_dpmpp_2s_ancestral},
    SamplerEntry{.id = "dpmpp_3m_sde",
                 .label = "DPM++ 3M SDE",
                 .aliases = kDpmpp3mSdeAliases,
                 .default_schedule = "exponential",
                 .noise = StepNoiseKind::kBrownian,
                 .discards_penultimate = true,
                 .run = sample_dpmpp_3m_sde},
    SamplerEntry{.id = "euler_ancestral",
                 .label = "Euler a",
                 .aliases = kEulerAncestralAliases,
                 .default_schedule = "automatic",
                 .noise = StepNoiseKind::kIndependent,
                 .writes_seed_delta = true,
                 .run = sample_euler_ancestral},
    SamplerEntry{.id = "euler",
                 .label = "Euler",
                 .aliases = kEulerAliases,
                 .default_schedule = "automatic",
                 .noise = StepNoiseKind::kIndependent,
                 .run = sample_euler},
    SamplerEntry{
        .id = "lms", .label = "LMS", .aliases = kLmsAliases, .default_schedule = "automatic", .run = sample_lms},
    SamplerEntry{.id = "heun",
                 .label = "Heun",
                 .aliases = kHeunAliases,
                 .default_schedule = "automatic",
                 .noise = StepNoiseKind::kIndependent,
                 .is_second_order = true,
                 .run = sample_heun},
    SamplerEntry{.id = "dpm2",
                 .label = "DPM2",
                 .aliases = kDpm2Aliases,
                 .default_schedule = "karras",
                 .noise = StepNoiseKind::kIndependent,
                 .is_second_order = true,
                 .discards_penultimate = true,
                 .run = sample_dpm2},
    SamplerEntry{.id = "dpm2_ancestral",
                 .label = "DPM2 a",
                 .aliases = kDpm2AncestralAliases,
                 .default_schedule = "karras",
                 .noise = StepNoiseKind::kIndependent,
                 .is_second_order = true,
                 .discards_penultimate = true,
                 .writes_seed_delta = true,
                 .run = sample_dpm2_ancestral},
    SamplerEntry{.id = "dpm_fast",
                 .label = "DPM fast",
                 .aliases = kDpmFastAliases,
                 .default_schedule = "automatic",
                 .noise = StepNoiseKind::kIndependent,
                 .chooses_levels = true,
                 .writes_seed_delta = true,
                 .run = sample_dpm_fast},
    SamplerEntry{.id = "dpm_adaptive",
                 .label = "DPM adaptive",
                 .aliases = kDpmAdaptiveAliases,
                 .default_schedule = "automatic",
                 .noise = StepNoiseKind::kIndependent,
                 .chooses_levels = true,
                 .writes_seed_delta = true,
                 .run = sample_dpm_adaptive},
    SamplerEntry{.id = "restart",
                 .label = "Restart",
                 .aliases = {},
                 .default_schedule = "karras",
                 .noise = StepNoiseKind::kIndependent,
                 .is_second_order = true,
                 .run = sample_restart},
    SamplerEntry{.id = "ddim",
                 .label = "DDIM",
                 .aliases = {},
                 .default_schedule = "automatic",
                 .noise = StepNoiseKind::kIndependent,
                 .uses_timesteps = true,
                 .run = sample_ddim},
    SamplerEntry{.id = "plms",
                 .label = "PLMS",
                 .aliases = {},
                 .default_schedule = "automatic",
                 .uses_timesteps = true,
                 .run = sample_plms},
};

/// The sampler and schedule of a name that joins both with a space.
std::optional<SamplerChoice> split_joined_name(std::string_view name) {
  for (const ScheduleEntry& schedule : noise_schedules()) {
    std::vector<std::string_view> endings{schedule.label, schedule.id};
    endings.insert(endings.end(), schedule.aliases.begin(), schedule.aliases.end());
    for (const std::string_view ending : endings) {
      if (!ends_with_name(name, ending)) continue;
      std::string_view rest = name.substr(0, name.size() - ending.size());
      if (!rest.ends_with(' ')) continue;
      rest.remove_suffix(1);
      if (const SamplerEntry* sampler = find_sampler(rest)) return SamplerChoice{*sampler, schedule};
    }
  }
  return std::nullopt;
}

template <typename Entry>
std::vector<std::string_view> labels_of(std::span<const Entry> entries) {
  std::vector<std::string_view> labels;
  for (const Entry& entry : entries) labels.push_back(entry.label);
  return labels;
}

[[noreturn]] void fail_unknown(std::string_view what, std::string_view name,
                               const std::vector<std::string_view>& labels) {
  const std::string hint = did_you_mean(name, labels);
  fail(ErrorCode::kInvalidArgument, "unknown {} '{}'{}", what, printable(name),
       hint.empty() ? fmt::format(", expected one of: {}", fmt::join(labels, ", ")) : hint);
}

/// Replaces "Automatic" by the schedule that the sampler does best with.
SamplerChoice with_own_schedule(SamplerChoice choice) {
  if (&choice.schedule != &noise_schedules().front()) return choice;
  return {choice.sampler, *find_noise_schedule(choice.sampler.default_schedule)};
}

}  // namespace

std::span<const SamplerEntry> samplers() { return kSamplers; }

const SamplerEntry* find_sampler(std::string_view name) {
  const auto found = std::ranges::find_if(kSamplers, [&](const SamplerEntry& entry) { return is_called(entry, name); });
  return found == kSamplers.end() ? nullptr : &*found;
}

SamplerChoice resolve_sampler(std::string_view sampler, std::string_view schedule) {
  const ScheduleEntry* named = schedule.empty() ? &noise_schedules().front() : find_noise_schedule(schedule);
  if (named == nullptr) fail_unknown("noise schedule", schedule, labels_of(noise_schedules()));
  if (const SamplerEntry* found = find_sampler(sampler)) return with_own_schedule({*found, *named});
  if (const auto joined = split_joined_name(sampler)) return with_own_schedule(*joined);
  fail_unknown("sampler", sampler, labels_of(samplers()));
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

at::Tensor starting_latent(const SamplerChoice& choice, const at::Tensor& noise, double sigma, bool full_variance) {
  return starting_latent(noise, sigma, full_variance || choice.sampler.uses_timesteps);
}

std::vector<double> sampling_sigmas(const SamplerChoice& choice, const ModelSchedule& model, int steps,
                                    const ScheduleOptions& options, bool discard_penultimate) {
  if (choice.sampler.uses_timesteps) return timestep_sigmas(model, steps);
  const bool discard = discard_penultimate || choice.sampler.discards_penultimate;
  std::vector<double> sigmas = schedule_sigmas(choice.schedule, model, steps + (discard ? 1 : 0), options);
  if (discard) sigmas.erase(sigmas.end() - 2);
  return sigmas;
}

}  // namespace fude::diffusion
