#include "judge_command.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "accuracy_report.h"
#include "command.h"
#include "core/error.h"
#include "core/platform/interrupt.h"
#include "core/platform/terminal.h"
#include "progress_bar.h"
#include "training/judge/bar.h"
#include "training/judge/judge_training.h"
#include "training/judge/scoring.h"
#include "training/judge/targets.h"
#include "training/painter/paint.h"

namespace fude::apps {
namespace {

constexpr std::uint64_t kExaminationSeed = 0xe8a3;  // no training set uses it
constexpr std::int64_t kStepsBetweenSaves = 250;

struct ExaminationFlags {
  std::int64_t examined = 1000;
  int threads = 1;
  bool as_json = false;

  void add_to(CLI::App& command) {
    command.add_option("--examined", examined, "Held-out painted pictures it is examined on, 1..100000, default 1000")
        ->check(CLI::Range(1, 100000));
    command.add_option("--threads", threads, "1..256, default 1")->check(CLI::Range(1, 256));
    command.add_flag("--json", as_json, "Print one JSON object");
  }
};

struct TrainFlags {
  judge::TrainingOptions options;
  ExaminationFlags examination;
  std::string file, start;
};

struct ScoreFlags {
  std::string judge, pictures, captions;
  int threads = 1;
  bool is_required = false;
  bool lists_differences = false;
  bool as_json = false;
};

judge::Examination examine(const judge::Network& network, const ExaminationFlags& flags) {
  const judge::Examination examination = judge::examine(network, kExaminationSeed, flags.examined);
  if (flags.as_json)
    fmt::print("{}\n", nlohmann::ordered_json{{"good", accuracy_json(examination.good)},
                                              {"all", accuracy_json(examination.all)}}
                           .dump());
  else
    fmt::print("{}", examination_table(examination.good, examination.all));
  return examination;
}

void save(const TrainFlags& flags, judge::Network& network, std::int64_t steps, const std::string& accuracy) {
  save_network(flags.file, network,
               {{"judge.accuracy", accuracy},
                {"judge.steps", fmt::format("{}", steps)},
                {"judge.painting_version", fmt::format("{}", painter::kPaintingVersion)}});
}

judge::Network train_with_progress(const TrainFlags& flags, const Cancellation& cancellation, std::int64_t& steps) {
  ProgressBar bar("training", flags.options.steps);
  judge::Network start = flags.start.empty() ? judge::Network(judge::answer_counts(), flags.options.seed)
                                             : judge::load_network(flags.start);
  return judge::train_judge(std::move(start), flags.options, cancellation,
                            [&](const judge::TrainingProgress& progress, judge::Network& network) {
                              steps = progress.step;
                              bar.update(steps);
                              if (steps % kStepsBetweenSaves == 0) save(flags, network, steps, "not examined");
                              if (steps % 100 == 0 && !stderr_is_terminal())
                                fmt::print(stderr, "judge: step {} of {}, loss {:.4f}\n", steps, flags.options.steps,
                                           progress.loss);
                            });
}

void train(const TrainFlags& flags) {
  judge::use_threads(flags.examination.threads);
  const InterruptGuard interrupt;
  std::int64_t steps = 0;
  judge::Network network = train_with_progress(flags, interrupt.cancellation(), steps);
  const judge::Examination examination = examine(network, flags.examination);
  save(flags, network, steps, fmt::format("{:.4f}", examination.good.mean()));
  interrupt.cancellation().check();
}

void list_differences(const judge::ScoredPicture& picture) {
  const std::string text = judge::differences(picture);
  fmt::print("{}: {}\n", printable(picture.path.filename().string()), text.empty() ? "all right" : text);
}

void score(const ScoreFlags& flags) {
  judge::use_threads(flags.threads);
  const judge::Network network = judge::load_network(flags.judge);
  const InterruptGuard interrupt;
  std::unique_ptr<ProgressBar> bar;
  const judge::Accuracy accuracy =
      judge::score_folder(network, flags.pictures, flags.captions.empty() ? flags.pictures : flags.captions,
                          interrupt.cancellation(), [&](const judge::ScoredPicture& picture) {
                            if (flags.lists_differences) return list_differences(picture);
                            if (!bar) bar = std::make_unique<ProgressBar>("judging", picture.total);
                            bar->update(picture.done);
                          });
  bar.reset();
  fmt::print("{}", flags.as_json ? accuracy_json(accuracy).dump() + "\n" : accuracy_table(accuracy));
  std::fflush(stdout);
  if (!flags.is_required) return;
  std::string below;
  for (const painter::Subject subject : judge::below_bar(accuracy))
    below += fmt::format("{}{}", below.empty() ? "" : ", ", subject_name(subject));
  if (!below.empty())
    fail(ErrorCode::kCorruptFile, "pictures in '{}' are below the bar in: {}", printable(flags.pictures), below);
}

void add_train(CLI::App& judge) {
  auto flags = std::make_shared<TrainFlags>();
  CLI::App* command = judge.add_subcommand("train", "train a judge on pictures painted meanwhile, then examine it");
  command->add_option("--out", flags->file, "File to write (.safetensors), also now and then meanwhile")->required();
  command->add_option("--start-from", flags->start, "Go on from this judge (use another --seed)");
  command->add_option("--steps", flags->options.steps, "Batches to learn from, 1..1000000, default 3600")
      ->check(CLI::Range(1, 1000000));
  command
      ->add_option("--hold", flags->options.hold,
                   "Share of the steps before the learning rate falls, 0..0.99, default 0.5")
      ->check(CLI::Range(0.0, 0.99));
  command->add_option("--seed", flags->options.seed, "Data set to train on, default 1000");
  flags->examination.add_to(*command);
  command->callback([flags] { train(*flags); });
}

void add_examine(CLI::App& judge) {
  auto flags = std::make_shared<ExaminationFlags>();
  auto file = std::make_shared<std::string>();
  CLI::App* command = judge.add_subcommand("examine", "tell how often a judge is right on held-out painted pictures");
  command->add_option("judge", *file, "A judge from 'fude judge train'")->required();
  flags->add_to(*command);
  command->callback([flags, file] {
    judge::use_threads(flags->threads);
    examine(judge::load_network(*file), *flags);
  });
}

void add_score(CLI::App& judge) {
  auto flags = std::make_shared<ScoreFlags>();
  CLI::App* command = judge.add_subcommand("score", "tell how often pictures show what their captions say");
  command->add_option("folder", flags->pictures, "Folder of .png pictures")->required();
  command->add_option("--judge", flags->judge, "A judge from 'fude judge train'")->required();
  command->add_option("--captions-from", flags->captions,
                      "Folder of NAME.txt; default: beside the pictures, else the prompts stored in them");
  command->add_option("--threads", flags->threads, "1..256, default 1")->check(CLI::Range(1, 256));
  command->add_flag("--require", flags->is_required, "Fail (exit code 3) when a subject is below its bar");
  auto* list = command->add_flag("--list", flags->lists_differences, "Also say of each picture what it shows instead");
  command->add_flag("--json", flags->as_json, "Print one JSON object")->excludes(list);
  command->callback([flags] { score(*flags); });
}

}  // namespace

void add_judge_command(CLI::App& app) {
  CLI::App* judge = app.add_subcommand("judge", "measure how well pictures of the sample kind follow their tags");
  judge->require_subcommand(1);
  add_train(*judge);
  add_examine(*judge);
  add_judge_draw_command(*judge);
  add_judge_compare_command(*judge);
  add_score(*judge);
}

}  // namespace fude::apps
