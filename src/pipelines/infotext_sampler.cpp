#include "pipelines/sampler_names.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/error.h"
#include "core/names.h"
#include "core/nearest_name.h"

namespace fude::pipelines {
namespace {

constexpr std::array kSamplers{
    SamplerName{.name = "DPM++ 2M", .alias = "k_dpmpp_2m", .schedule = "Karras"},
    SamplerName{.name = "DPM++ SDE",
                .alias = "k_dpmpp_sde",
                .schedule = "Karras",
                .takes_noise_scale = true,
                .takes_eta = true},
    SamplerName{.name = "DPM++ 2M SDE",
                .alias = "k_dpmpp_2m_sde",
                .schedule = "Exponential",
                .takes_noise_scale = true,
                .takes_eta = true},
    SamplerName{.name = "DPM++ 2M SDE Heun",
                .alias = "k_dpmpp_2m_sde_heun",
                .schedule = "Exponential",
                .takes_noise_scale = true,
                .takes_eta = true},
    SamplerName{.name = "DPM++ 2S a",
                .alias = "k_dpmpp_2s_a",
                .schedule = "Karras",
                .takes_noise_seed_delta = true,
                .takes_noise_scale = true,
                .takes_eta = true},
    SamplerName{.name = "DPM++ 3M SDE",
                .alias = "k_dpmpp_3m_sde",
                .schedule = "Exponential",
                .takes_noise_scale = true,
                .takes_eta = true,
                .discards_penultimate_sigma = true},
    SamplerName{.name = "Euler a", .alias = "k_euler_a", .takes_noise_seed_delta = true, .takes_eta = true},
    SamplerName{.name = "Euler", .alias = "k_euler", .takes_churn = true, .takes_noise_scale = true},
    SamplerName{.name = "LMS", .alias = "k_lms"},
    SamplerName{.name = "Heun", .alias = "k_heun", .takes_churn = true, .takes_noise_scale = true},
    SamplerName{.name = "DPM2",
                .alias = "k_dpm_2",
                .schedule = "Karras",
                .takes_churn = true,
                .takes_noise_scale = true,
                .discards_penultimate_sigma = true},
    SamplerName{.name = "DPM2 a",
                .alias = "k_dpm_2_a",
                .schedule = "Karras",
                .takes_noise_seed_delta = true,
                .takes_noise_scale = true,
                .takes_eta = true,
                .discards_penultimate_sigma = true},
    SamplerName{.name = "DPM fast",
                .alias = "k_dpm_fast",
                .takes_noise_seed_delta = true,
                .takes_noise_scale = true,
                .takes_eta = true},
    SamplerName{.name = "DPM adaptive", .alias = "k_dpm_ad", .takes_noise_seed_delta = true, .takes_eta = true},
    SamplerName{.name = "Restart", .alias = "restart", .schedule = "Karras"},
    SamplerName{.name = "DDIM", .alias = "ddim", .takes_eta = true, .uses_sigmas = false},
    SamplerName{.name = "DDIM CFG++", .alias = "ddim_cfgpp", .takes_eta = true, .uses_sigmas = false},
    SamplerName{.name = "PLMS", .alias = "plms", .uses_sigmas = false},
    SamplerName{.name = "UniPC", .alias = "unipc", .uses_sigmas = false},
    SamplerName{.name = "LCM", .alias = "k_lcm"},
};

constexpr std::array kSchedules{
    ScheduleName{.name = "automatic", .label = "Automatic"},
    ScheduleName{.name = "uniform", .label = "Uniform"},
    ScheduleName{.name = "karras", .label = "Karras", .default_rho = 7},
    ScheduleName{.name = "exponential", .label = "Exponential"},
    ScheduleName{.name = "polyexponential", .label = "Polyexponential", .default_rho = 1},
    ScheduleName{.name = "sgm_uniform", .label = "SGM Uniform", .alias = "SGMUniform"},
    ScheduleName{.name = "kl_optimal", .label = "KL Optimal"},
    ScheduleName{.name = "align_your_steps", .label = "Align Your Steps"},
    ScheduleName{.name = "simple", .label = "Simple"},
    ScheduleName{.name = "normal", .label = "Normal"},
    ScheduleName{.name = "ddim", .label = "DDIM"},
    ScheduleName{.name = "beta", .label = "Beta"},
};

const SamplerName* match_sampler(std::string_view text) {
  const auto found = std::ranges::find_if(kSamplers, [&](const SamplerName& row) {
    return same_name(row.name, text) || (!row.alias.empty() && same_name(row.alias, text));
  });
  return found == kSamplers.end() ? nullptr : &*found;
}

bool names_schedule(const ScheduleName& row, std::string_view text) {
  return same_name(row.label, text) || same_name(row.name, text) || (!row.alias.empty() && same_name(row.alias, text));
}

const ScheduleName* match_schedule(std::string_view text) {
  const auto found =
      std::ranges::find_if(kSchedules, [&](const ScheduleName& row) { return names_schedule(row, text); });
  return found == kSchedules.end() ? nullptr : &*found;
}

bool ends_with_name(std::string_view text, std::string_view name) {
  if (name.empty() || text.size() < name.size() + 1 || text[text.size() - name.size() - 1] != ' ') return false;
  return same_name(text.substr(text.size() - name.size()), name);
}

// The schedule a joined sampler name ends in, the longest that fits ("SGM Uniform", not "Uniform"); `sampler` loses
// that ending.
const ScheduleName* split_joined_name(std::string_view& sampler) {
  const ScheduleName* found = nullptr;
  std::size_t length = 0;
  for (const ScheduleName& row : kSchedules) {
    for (const std::string_view name : {row.label, row.name, row.alias}) {
      if (!ends_with_name(sampler, name) || name.size() < length) continue;
      found = &row;
      length = name.size();
    }
  }
  if (found != nullptr) sampler.remove_suffix(length + 1);
  return found;
}

struct Match {
  const SamplerName* sampler = nullptr;
  const ScheduleName* schedule = nullptr;
  std::string_view plain;  // the sampler's name without a joined schedule
};

Match match_names(std::string_view sampler, std::string_view schedule) {
  Match match{.sampler = match_sampler(sampler), .plain = sampler};
  if (match.sampler == nullptr) {
    match.schedule = split_joined_name(match.plain);
    match.sampler = match_sampler(match.plain);
  }
  if (match.schedule == nullptr) {
    match.schedule = schedule.empty() ? &kSchedules.front() : match_schedule(schedule);
  }
  return match;
}

template <typename Rows, typename Column>
std::vector<std::string_view> column(const Rows& rows, Column member) {
  std::vector<std::string_view> names;
  for (const auto& row : rows) names.push_back(row.*member);
  return names;
}

// The nearest sampler, alone or joined with a schedule.
std::string sampler_suggestion(std::string_view text) {
  std::vector<std::string> joined;
  for (const SamplerName& sampler : kSamplers) {
    for (const ScheduleName& schedule : kSchedules)
      joined.push_back(fmt::format("{} {}", sampler.name, schedule.label));
  }
  std::vector<std::string_view> names = column(kSamplers, &SamplerName::name);
  names.insert(names.end(), joined.begin(), joined.end());
  return did_you_mean(text, names);
}

}  // namespace

std::span<const SamplerName> sampler_names() { return kSamplers; }

std::span<const ScheduleName> schedule_names() { return kSchedules; }

const SamplerName* find_sampler_name(std::string_view name) {
  const auto found = std::ranges::find(kSamplers, name, &SamplerName::name);
  return found == kSamplers.end() ? nullptr : &*found;
}

const ScheduleName* find_schedule_label(std::string_view label) {
  const auto found = std::ranges::find(kSchedules, label, &ScheduleName::label);
  return found == kSchedules.end() ? nullptr : &*found;
}

std::optional<SamplerChoice> find_sampler(std::string_view sampler, std::string_view schedule) {
  const Match match = match_names(sampler, schedule);
  if (match.sampler == nullptr || match.schedule == nullptr) return std::nullopt;
  return SamplerChoice{std::string(match.sampler->name), std::string(match.schedule->label)};
}

SamplerChoice resolve_sampler(std::string_view sampler, std::string_view schedule) {
  const Match match = match_names(sampler, schedule);
  if (match.sampler == nullptr) {
    fail(ErrorCode::kInvalidArgument, "unknown sampler '{}'{}", printable(sampler), sampler_suggestion(sampler));
  }
  if (match.schedule == nullptr) {
    fail(ErrorCode::kInvalidArgument, "unknown scheduler '{}'{}", printable(schedule),
         did_you_mean(schedule, column(kSchedules, &ScheduleName::label)));
  }
  return {std::string(match.sampler->name), std::string(match.schedule->label)};
}

SamplerChoice sampler_from_infotext(std::string_view sampler, std::string_view schedule) {
  const auto is_exact = [&](const ScheduleName& row) { return row.name == schedule || row.label == schedule; };
  const auto stored = std::ranges::find_if(kSchedules, is_exact);
  const ScheduleName* chosen = stored == kSchedules.end() ? &kSchedules.front() : &*stored;
  if (const ScheduleName* joined = split_joined_name(sampler)) chosen = joined;
  const SamplerName* found = match_sampler(sampler);
  if (found == nullptr) found = &kSamplers.front();
  if (chosen->label == found->schedule) chosen = &kSchedules.front();
  return {std::string(found->name), std::string(chosen->label)};
}

}  // namespace fude::pipelines
