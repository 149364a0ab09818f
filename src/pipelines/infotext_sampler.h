#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fude::pipelines {

/// A sampler as the web UI (v1.10) names it in requests and in the text stored with a picture. All of its names are
/// here, so that any picture's text can be read; which of them can be run is known to the sampler table of diffusion/.
struct SamplerName {
  std::string_view name;
  std::string_view alias{};             // short name of older programs
  std::string_view schedule{};          // label of the schedule meant by "Automatic"; empty: the model's own spacing
  bool takes_noise_seed_delta = false;  // ENSD has an effect
  bool takes_churn = false;             // s_churn, s_tmin, s_tmax
  bool takes_noise_scale = false;       // s_noise
  bool takes_eta = false;
  bool discards_penultimate_sigma = false;
  bool uses_sigmas = true;  // false: works on timesteps, schedules and their settings are not applied
};

/// A noise schedule: `label` is what people see and what is stored, `name` what programs send.
struct ScheduleName {
  std::string_view name;
  std::string_view label;
  std::string_view alias{};
  double default_rho = -1;  // -1: the schedule has no rho
};

/// In the web UI's order; the first is its default.
std::span<const SamplerName> sampler_names();
std::span<const ScheduleName> schedule_names();

/// Exact name; nullptr when there is none.
const SamplerName* find_sampler_name(std::string_view name);
/// Exact label; nullptr when there is none.
const ScheduleName* find_schedule_label(std::string_view label);

struct SamplerChoice {
  std::string sampler;   // a name of sampler_names()
  std::string schedule;  // a label of schedule_names()
};

/// As resolve_sampler(); absent when either name is unknown.
std::optional<SamplerChoice> find_sampler(std::string_view sampler, std::string_view schedule);

/// What a request means. Names, labels and aliases are taken without regard to ASCII case; a joined name of before
/// v1.9 ("DPM++ 2M Karras") is split and its schedule wins over `schedule`. An empty schedule is Automatic.
/// Throws Error(kInvalidArgument) for an unknown name, with the nearest one.
SamplerChoice resolve_sampler(std::string_view sampler, std::string_view schedule);

/// What stored text means, by the web UI's rules: never fails, an unknown sampler becomes the first one, an unknown
/// schedule Automatic, and a schedule that is the sampler's own is shown as Automatic. An absent sampler is the first.
SamplerChoice sampler_from_infotext(std::string_view sampler, std::string_view schedule);

}  // namespace fude::pipelines
