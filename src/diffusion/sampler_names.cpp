#include "diffusion/sampler_names.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/names.h"
#include "core/nearest_name.h"

namespace fude::diffusion {
namespace {

template <typename Traits>
const Traits* find_called(std::span<const Traits> table, std::string_view name) {
  const auto found = std::ranges::find_if(table, [&](const Traits& traits) { return is_called(traits, name); });
  return found == table.end() ? nullptr : &*found;
}

template <typename Traits>
std::vector<std::string_view> labels_of(std::span<const Traits> table) {
  std::vector<std::string_view> labels;
  for (const Traits& traits : table) labels.push_back(traits.label);
  return labels;
}

struct Match {
  const SamplerTraits* sampler = nullptr;
  const ScheduleTraits* schedule = nullptr;
};

Match match_names(std::string_view sampler, std::string_view schedule) {
  const ScheduleTraits* named = schedule.empty() ? &kScheduleTraits.front() : find_schedule_traits(schedule);
  if (const SamplerTraits* plain = find_sampler_traits(sampler)) return {plain, named};
  const JoinedName joined = split_joined_name(sampler);
  return {find_sampler_traits(joined.sampler), joined.schedule != nullptr ? joined.schedule : named};
}

[[noreturn]] void fail_unknown(std::string_view what, std::string_view name,
                               const std::vector<std::string_view>& labels, const std::string& hint) {
  fail(ErrorCode::kInvalidArgument, "unknown {} '{}'{}", what, printable(name),
       hint.empty() ? fmt::format(", expected one of: {}", fmt::join(labels, ", ")) : hint);
}

// The nearest sampler, alone or joined with a schedule.
std::string sampler_hint(std::string_view text) {
  std::vector<std::string> joined;
  for (const SamplerTraits& sampler : kSamplerTraits) {
    for (const ScheduleTraits& schedule : kScheduleTraits)
      joined.push_back(fmt::format("{} {}", sampler.label, schedule.label));
  }
  std::vector<std::string_view> names = labels_of(std::span<const SamplerTraits>(kSamplerTraits));
  names.insert(names.end(), joined.begin(), joined.end());
  return did_you_mean(text, names);
}

}  // namespace

const SamplerTraits* find_sampler_traits(std::string_view name) {
  return find_called(std::span<const SamplerTraits>(kSamplerTraits), name);
}

const ScheduleTraits* find_schedule_traits(std::string_view name) {
  return find_called(std::span<const ScheduleTraits>(kScheduleTraits), name);
}

JoinedName split_joined_name(std::string_view name) {
  JoinedName found{.sampler = name};
  std::size_t length = 0;
  const auto consider = [&](const ScheduleTraits& schedule, std::string_view ending) {
    if (ending.size() <= length || !ends_with_name(name, ending)) return;
    length = ending.size();
    found = {name.substr(0, name.size() - length - 1), &schedule};
  };
  for (const ScheduleTraits& schedule : kScheduleTraits) {
    consider(schedule, schedule.id);
    consider(schedule, schedule.label);
    for (const std::string_view alias : schedule.aliases) consider(schedule, alias);
  }
  return found;
}

std::optional<SamplerNames> find_sampler_names(std::string_view sampler, std::string_view schedule) {
  const Match match = match_names(sampler, schedule);
  if (match.sampler == nullptr || match.schedule == nullptr) return std::nullopt;
  return SamplerNames{*match.sampler, *match.schedule};
}

SamplerNames resolve_sampler_names(std::string_view sampler, std::string_view schedule) {
  const Match match = match_names(sampler, schedule);
  if (match.sampler == nullptr)
    fail_unknown("sampler", sampler, labels_of(std::span<const SamplerTraits>(kSamplerTraits)), sampler_hint(sampler));
  if (match.schedule == nullptr) {
    const auto labels = labels_of(std::span<const ScheduleTraits>(kScheduleTraits));
    fail_unknown("scheduler", schedule, labels, did_you_mean(schedule, labels));
  }
  return {*match.sampler, *match.schedule};
}

const ScheduleTraits& acting_schedule(const SamplerNames& names) {
  if (&names.schedule != &kScheduleTraits.front()) return names.schedule;
  return *find_schedule_traits(names.sampler.default_schedule);
}

}  // namespace fude::diffusion
