#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "command.h"
#include "core/platform/interrupt.h"
#include "core/platform/terminal.h"
#include "progress_bar.h"
#include "training/train.h"

namespace fude::apps {
namespace {

/// One line on standard error: redrawn in place on a terminal, else a new line every half minute.
class TrainDisplay {
 public:
  ~TrainDisplay() {
    if (has_line_) std::fputc('\n', stderr);
  }

  void show(const training::TrainReport& report) {
    const bool is_terminal = stderr_is_terminal();
    const auto now = Clock::now();
    const bool is_new_part = report.label != label_;
    if (!is_new_part && now - shown_ < (is_terminal ? std::chrono::milliseconds(200) : std::chrono::seconds(30)))
      return;
    if (is_terminal && is_new_part && has_line_) std::fputc('\n', stderr);
    label_ = report.label;
    shown_ = now;
    const std::string text = line(report);
    std::fprintf(stderr, is_terminal ? "\r%s\033[K" : "%s\n", text.c_str());
    has_line_ = is_terminal;
  }

 private:
  using Clock = std::chrono::steady_clock;

  static std::string line(const training::TrainReport& report) {
    std::string text = fmt::format("{}: {:.1f} %, {} {}", report.label, 100 * report.share, report.done, report.unit);
    if (report.loss) text += fmt::format(", loss {:.4f}", *report.loss);
    if (report.seconds_left > 0) text += fmt::format(", {} left", format_duration(report.seconds_left));
    return text;
  }

  std::string label_;
  Clock::time_point shown_{};
  bool has_line_ = false;
};

struct TrainArguments {
  std::string config, work_dir, stage;
};

void run_train(const TrainArguments& arguments) {
  const InterruptGuard interrupt;
  TrainDisplay display;
  const auto model =
      training::train(arguments.config,
                      {.work_dir = arguments.work_dir,
                       .stage = arguments.stage,
                       .on_progress = [&](const training::TrainReport& report) { display.show(report); }},
                      interrupt.cancellation());
  if (!model.empty()) fmt::print("{}\n", model.string());
}

}  // namespace

void add_train_command(CLI::App& app) {
  auto arguments = std::make_shared<TrainArguments>();
  CLI::App* command = app.add_subcommand("train", "make a model from nothing, as a configuration file says");
  command->add_option("CONFIG", arguments->config, "Configuration (TOML), for example models/hajime/hajime.toml")
      ->required();
  command->add_option("--work", arguments->work_dir, "Folder for checkpoints, caches, logs and sheets");
  command->add_option("--stage", arguments->stage, "Only this stage: autoencoder, denoiser, decoder or export");
  command->footer("Ctrl-C saves and stops; the same command goes on from there.");
  command->callback([arguments] { run_train(*arguments); });
}

}  // namespace fude::apps
