#include "service/progress_meter.h"

#include <algorithm>

namespace fude::service {

void ProgressMeter::begin(const Job& job) {
  const std::lock_guard lock(mutex_);
  state_ = {.job = job.id,
            .task = job.task,
            .pictures = job.pictures_wanted,
            .stage = "loading",
            .started_at = job.started_at};
  done_before_ = finished_ = steps_done_ = steps_total_ = 0;
  batches_ = 1;
  last_step_.reset();
  decoding_since_.reset();
  step_seconds_ = picture_seconds_ = -1;
}

void ProgressMeter::plan(int pictures, int done, int batches) {
  const std::lock_guard lock(mutex_);
  state_.pictures = pictures;
  state_.picture = done_before_ = done;
  batches_ = std::max(batches, 1);
  reckon();
}

void ProgressMeter::enter(const std::string& stage, Time now) {
  const std::lock_guard lock(mutex_);
  state_.stage = stage;
  if (stage == "decoding") decoding_since_ = now;
}

void ProgressMeter::count_steps(int done, int total, Time now) {
  const std::lock_guard lock(mutex_);
  steps_done_ = done;
  steps_total_ = total;
  state_.steps = std::max(total / batches_, 1);
  state_.step = (done - 1) % state_.steps + 1;
  count(now);
}

void ProgressMeter::count_steps(std::int64_t done, std::int64_t total, int step, int steps, Time now) {
  const std::lock_guard lock(mutex_);
  steps_done_ = done;
  steps_total_ = total;
  state_.steps = std::max(steps, 1);
  state_.step = step;
  count(now);
}

void ProgressMeter::count(Time now) {
  state_.stage = state_.step == state_.steps ? "decoding" : "sampling";
  // The first step of a batch begins nobody tells when.
  if (last_step_ && state_.step > 1) measure(step_seconds_, *last_step_, now);
  last_step_ = now;
  if (state_.step == state_.steps) decoding_since_ = now;
  reckon();
}

void ProgressMeter::count_picture(Time now) {
  const std::lock_guard lock(mutex_);
  if (decoding_since_) measure(picture_seconds_, *decoding_since_, now);
  decoding_since_ = now;  // of the batch's next one
  ++finished_;
  state_.picture = std::min(done_before_ + finished_, std::max(state_.pictures - 1, 0));
  if (finished_ + done_before_ == state_.pictures) state_.share = 1;
  reckon();
}

// Recent steps count more: a busy machine may become free.
void ProgressMeter::measure(double& average, Time from, Time to) const {
  constexpr double kWeight = 0.3;
  const double seconds = std::chrono::duration<double>(to - from).count();
  average = average < 0 ? seconds : average + kWeight * (seconds - average);
}

void ProgressMeter::reckon() {
  if (state_.pictures <= 0) return;
  const double of_rest = steps_total_ > 0 ? static_cast<double>(steps_done_) / static_cast<double>(steps_total_) : 0;
  const int rest = state_.pictures - done_before_;
  state_.share = std::clamp((done_before_ + of_rest * rest) / state_.pictures, 0.0, 1.0);
  if (step_seconds_ < 0) return;
  state_.seconds_left = step_seconds_ * static_cast<double>(steps_total_ - steps_done_) +
                        std::max(picture_seconds_, 0.0) * std::max(rest - finished_, 0);
}

void ProgressMeter::note_share(double share) {
  const std::lock_guard lock(mutex_);
  state_.share = std::clamp(share, 0.0, 1.0);
}

void ProgressMeter::note_interrupt() {
  const std::lock_guard lock(mutex_);
  state_.was_interrupted = true;
}

void ProgressMeter::note_skip() {
  const std::lock_guard lock(mutex_);
  state_.was_skipped = true;
}

void ProgressMeter::note_preview(std::uint64_t version) {
  const std::lock_guard lock(mutex_);
  state_.preview = version;
}

void ProgressMeter::end() {
  const std::lock_guard lock(mutex_);
  state_ = {};
}

ProgressMeter::Measured ProgressMeter::measured() const {
  const std::lock_guard lock(mutex_);
  return {.step = step_seconds_, .picture = picture_seconds_};
}

RunningState ProgressMeter::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace fude::service
