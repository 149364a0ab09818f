#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "service/job_queue.h"
#include "service/running_state.h"

namespace fude::service {

/// Counts where the running job stands and measures how long the rest will take. Safe in any thread.
class ProgressMeter {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;

  /// A job begins, in the stage "loading".
  void begin(const Job& job);

  /// What there is to do: of `pictures` of the job so many are `done` already, the others come in `batches`.
  void plan(int pictures, int done, int batches);

  void enter(const std::string& stage, Time now = Clock::now());

  /// After each step: steps done and to do, over all batches that were planned.
  void count_steps(int done, int total, Time now = Clock::now());

  /// The same of work whose batches differ: steps of the whole, and of what is being made.
  void count_steps(std::int64_t done, std::int64_t total, int step, int steps, Time now = Clock::now());

  /// A picture is decoded and saved.
  void count_picture(Time now = Clock::now());

  /// Of a job that makes no pictures.
  void note_share(double share);

  void note_interrupt();
  void note_skip();
  void note_preview(std::uint64_t version);

  /// Nothing runs any more.
  void end();

  /// Seconds that a step takes, and to decode and save a picture; below 0: not measured.
  struct Measured {
    double step = -1;
    double picture = -1;
  };
  Measured measured() const;

  RunningState state() const;

 private:
  void measure(double& average, Time from, Time to) const;
  void count(Time now);
  void reckon();

  mutable std::mutex mutex_;
  RunningState state_;
  int done_before_ = 0;  // pictures, by an earlier run
  int finished_ = 0;     // pictures, since plan()
  int batches_ = 1;
  std::int64_t steps_done_ = 0;  // over all batches
  std::int64_t steps_total_ = 0;
  std::optional<Time> last_step_;
  std::optional<Time> decoding_since_;
  double step_seconds_ = -1;     // below 0: not measured
  double picture_seconds_ = -1;  // to decode and save one
};

}  // namespace fude::service
