#include "pipelines/infotext_sampler.h"

#include <algorithm>

namespace fude::pipelines {

using diffusion::kSamplerTraits, diffusion::kScheduleTraits, diffusion::SamplerTraits, diffusion::ScheduleTraits;

diffusion::SamplerNames sampler_from_infotext(std::string_view sampler, std::string_view schedule) {
  // Exact names only, and no aliases: the rule of the web UI.
  const auto stored = std::ranges::find_if(
      kScheduleTraits, [&](const ScheduleTraits& row) { return row.id == schedule || row.label == schedule; });
  const diffusion::JoinedName joined = diffusion::split_joined_name(sampler);
  const ScheduleTraits* chosen = joined.schedule;
  if (chosen == nullptr) chosen = stored == kScheduleTraits.end() ? &kScheduleTraits.front() : &*stored;
  const SamplerTraits* found = diffusion::find_sampler_traits(joined.sampler);
  if (found == nullptr) found = &kSamplerTraits.front();
  if (chosen->id == found->default_schedule) chosen = &kScheduleTraits.front();
  return {*found, *chosen};
}

}  // namespace fude::pipelines
