#include "service/pace.h"

#include <algorithm>
#include <cmath>

namespace fude::service {
namespace {

using pipelines::GenerationRequest;

constexpr int kUsualSide = 512;  // where a request leaves the size to the model

double pixels_of(const GenerationRequest& request) {
  const double width = request.width > 0 ? request.width : kUsualSide;
  const double height = request.height > 0 ? request.height : kUsualSide;
  return width * height;
}

// Steps of a batch, each counted as often as it is dearer than one at the request's own size.
double steps_of(const GenerationRequest& request) {
  if (starts_from_picture(request) && !request.img2img_fix_steps) {
    return std::ceil(request.steps * std::min(acting_strength(request), 1.0));
  }
  if (!request.enable_hr) return request.steps;
  const double second = request.hr_second_pass_steps > 0 ? request.hr_second_pass_steps : request.steps;
  const auto size = hires_size(request);
  const double larger = double{1} * size.width * size.height / pixels_of(request);
  return request.steps + second * acting_strength(request) * larger;
}

}  // namespace

void Pace::note(const GenerationRequest& request, double step_seconds, double picture_seconds) {
  if (step_seconds < 0 || request.enable_hr) return;  // a second pass has steps of its own
  const double pixels = pixels_of(request);
  const std::lock_guard lock(mutex_);
  models_[request.model] = {.step = step_seconds / (pixels * std::max(pictures_of_batch(request), 1)),
                            .picture = std::max(picture_seconds, 0.0) / pixels};
  latest_ = request.model;
}

std::optional<double> Pace::seconds_for(std::span<const GenerationRequest> requests) const {
  const std::lock_guard lock(mutex_);
  if (models_.empty()) return std::nullopt;
  double seconds = 0;
  for (const GenerationRequest& request : requests) {
    const auto known = models_.find(request.model);
    const Measured& measured = known == models_.end() ? models_.at(latest_) : known->second;
    const double pictures = picture_count(request);
    seconds += pixels_of(request) * pictures * (measured.step * steps_of(request) + measured.picture);
  }
  return seconds;
}

}  // namespace fude::service
