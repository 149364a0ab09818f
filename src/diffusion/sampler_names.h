#pragma once

#include <optional>
#include <string_view>

#include "diffusion/sampler_traits.h"

namespace fude::diffusion {

/// Finds a sampler by id, label or alias, whatever the case; nullptr when there is none.
const SamplerTraits* find_sampler_traits(std::string_view name);

/// Finds a noise schedule by id, label or alias, whatever the case; nullptr when there is none.
const ScheduleTraits* find_schedule_traits(std::string_view name);

/// A sampler and a noise schedule as they were asked for: "Automatic" stays. Both refer to the tables.
struct SamplerNames {
  const SamplerTraits& sampler;
  const ScheduleTraits& schedule;
};

/// As resolve_sampler_names(); absent when either name is unknown.
std::optional<SamplerNames> find_sampler_names(std::string_view sampler, std::string_view schedule);

/// What the names in a request mean. `sampler` may be a joined name of before v1.9 ("DPM++ SDE Karras"), whose
/// schedule then wins over `schedule`; an empty schedule is Automatic. Throws Error(kInvalidArgument) for unknown
/// names, with the nearest known one.
SamplerNames resolve_sampler_names(std::string_view sampler, std::string_view schedule = {});

/// The schedule that acts: the sampler's own in place of "Automatic".
const ScheduleTraits& acting_schedule(const SamplerNames& names);

/// A name cut in two before the schedule it ends in; `schedule` is nullptr when it ends in none.
struct JoinedName {
  std::string_view sampler;
  const ScheduleTraits* schedule = nullptr;
};

/// Cuts off the longest schedule name, label or alias that fits ("SGM Uniform", not "Uniform"); what is left need not
/// be a sampler.
JoinedName split_joined_name(std::string_view name);

}  // namespace fude::diffusion
