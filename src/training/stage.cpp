#include "training/stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "io/tensor_file.h"
#include "training/sheet.h"

namespace fude::training {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kStepKey = "stage.step";
constexpr const char* kSecondsKey = "stage.seconds";

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

class StageRun {
 public:
  StageRun(const StageConfig& config, Trainable& trainable, const std::filesystem::path& folder)
      : config_(config), trainable_(trainable), folder_(folder), begin_(Clock::now()) {
    if (config.minutes <= 0 && config.steps <= 0)
      fail(ErrorCode::kInvalidArgument, "stage '{}' has neither minutes nor steps, expected one of them", config.name);
    std::filesystem::create_directories(folder);
    resume();
    log_.open(folder / (config.name + ".jsonl"), std::ios::app);
  }

  bool is_finished() const { return share() >= 1; }

  void step() {
    const double progress = share();
    add(trainable_.step(
        {.step = step_, .progress = progress, .rate_factor = learning_rate_factor(config_.rate, step_, progress)}));
    ++step_;
    if (step_ % config_.log_steps == 0) write_log();
    if (seconds() - last_checkpoint_ > 60 * config_.checkpoint_minutes) write_checkpoint();
    if (seconds() - last_sheet_ > 60 * config_.sheet_minutes) write_samples();
  }

  StageProgress progress() const {
    const double done = share(), spent = seconds();
    return {.stage = config_.name,
            .step = step_,
            .share = done,
            .seconds = spent,
            .seconds_left = done > 0 ? spent * (1 - done) / done : 0,
            .metrics = means()};
  }

  void write_checkpoint() {
    NamedTensors state;
    trainable_.save(state);
    state[kStepKey] = at::full({1}, step_, at::kLong);
    state[kSecondsKey] = at::full({1}, seconds(), at::kDouble);
    io::write_safetensors(checkpoint_path(folder_, config_.name), state);
    last_checkpoint_ = seconds();
  }

  void write_samples() {
    const std::filesystem::path sheets = folder_ / (config_.name + "-sheets");
    std::filesystem::create_directories(sheets);
    write_sheet(sheets / fmt::format("{:06}.png", step_), trainable_.samples(), trainable_.sample_columns());
    last_sheet_ = seconds();
  }

 private:
  void resume() {
    const std::filesystem::path path = checkpoint_path(folder_, config_.name);
    if (!std::filesystem::exists(path)) return;
    const NamedTensors state = read_checkpoint(path);
    trainable_.load(state);
    step_ = entry(state, kStepKey, {1}).item<std::int64_t>();
    seconds_before_ = entry(state, kSecondsKey, {1}).item<double>();
    last_checkpoint_ = last_sheet_ = seconds_before_;
  }

  double seconds() const { return seconds_before_ + seconds_since(begin_); }

  double share() const {
    double done = 0;
    if (config_.steps > 0) done = static_cast<double>(step_) / static_cast<double>(config_.steps);
    if (config_.minutes > 0) done = std::max(done, seconds() / (60 * config_.minutes));
    return std::min(1.0, done);
  }

  void add(const Metrics& metrics) {
    for (const auto& [name, value] : metrics) sums_[name] += value;
    ++summed_;
  }

  Metrics means() const {
    Metrics means = sums_;
    for (auto& [name, value] : means) value /= static_cast<double>(std::max<std::int64_t>(1, summed_));
    return means;
  }

  void write_log() {
    log_ << fmt::format(R"({{"step": {}, "seconds": {:.1f}, "progress": {:.5f})", step_, seconds(), share());
    for (const auto& [name, value] : means()) log_ << fmt::format(R"(, "{}": {:.6g})", name, value);
    log_ << "}\n" << std::flush;
    sums_.clear();
    summed_ = 0;
  }

  const StageConfig& config_;
  Trainable& trainable_;
  std::filesystem::path folder_;
  Clock::time_point begin_;
  std::int64_t step_ = 0;
  double seconds_before_ = 0, last_checkpoint_ = 0, last_sheet_ = 0;
  Metrics sums_;
  std::int64_t summed_ = 0;
  std::ofstream log_;
};

}  // namespace

bool run_stage(const StageConfig& config, Trainable& trainable, const std::filesystem::path& folder,
               const Cancellation& cancellation, const std::function<void(const StageProgress&)>& on_progress) {
  StageRun run(config, trainable, folder);
  if (run.is_finished()) return true;
  while (!run.is_finished()) {
    run.step();
    on_progress(run.progress());
    if (cancellation.is_requested()) {
      run.write_checkpoint();
      return false;
    }
  }
  run.write_checkpoint();
  run.write_samples();
  return true;
}

std::filesystem::path checkpoint_path(const std::filesystem::path& folder, const std::string& stage) {
  return folder / (stage + ".safetensors");
}

NamedTensors read_checkpoint(const std::filesystem::path& path) {
  const io::TensorFile file = io::TensorFile::open(path);
  NamedTensors state;
  for (const auto& [name, record] : file.tensors()) state[name] = file.tensor(name);
  return state;
}

}  // namespace fude::training
