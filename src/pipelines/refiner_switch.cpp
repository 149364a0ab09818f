#include "pipelines/refiner_switch.h"

#include <algorithm>
#include <cmath>

namespace fude::pipelines {

double completed_share(const GenerationRequest& request, const diffusion::ModelSchedule& schedule,
                       const RunProgress& progress) {
  if (request.refiner_switch_by_sample_steps) {
    return static_cast<double>(progress.call) / static_cast<double>(progress.total_calls);
  }
  // Nearest by difference, not by ratio: near the end of the noise this differs from the network's timestep.
  const auto sigma = static_cast<float>(progress.sigma);
  const auto nearest =
      std::ranges::min_element(schedule.sigmas(), {}, [&](float level) { return std::abs(level - sigma); });
  const auto level = nearest - schedule.sigmas().begin();
  return static_cast<double>(schedule.size() - 1 - level) / static_cast<double>(schedule.size());
}

bool is_refiner_due(const GenerationRequest& request, const diffusion::ModelSchedule& schedule,
                    const RunProgress& progress) {
  return completed_share(request, schedule, progress) >= request.refiner_switch_at;
}

}  // namespace fude::pipelines
