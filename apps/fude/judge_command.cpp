#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.h"
#include "core/error.h"
#include "core/platform/interrupt.h"
#include "core/platform/terminal.h"
#include "progress_bar.h"
#include "training/judge/judge_training.h"
#include "training/judge/scoring.h"
#include "training/judge/targets.h"
#include "training/painter/paint.h"

namespace fude::apps {
namespace {

using judge::Accuracy;

constexpr std::uint64_t kExaminationSeed = 0xe8a3;  // no training set uses it

struct TrainFlags {
  judge::TrainingOptions options;
  std::string file, start;
  std::int64_t examined = 1000;
  int threads = 1;
  bool as_json = false;
};

struct ScoreFlags {
  std::string judge, pictures, captions;
  int threads = 1;
  bool as_json = false;
};

nlohmann::ordered_json to_json(const Accuracy& accuracy) {
  nlohmann::ordered_json groups, subjects;
  const auto table = painter::attribute_groups();
  for (std::size_t i = 0; i < table.size(); ++i)
    groups[std::string(table[i].name)] = {{"accuracy", accuracy.of_group(i)}, {"shown", accuracy.shown(i)}};
  for (int i = 0; i < painter::kSubjectCount; ++i) {
    const auto subject = static_cast<painter::Subject>(i);
    subjects[std::string(subject_name(subject))] = accuracy.of_subject(subject);
  }
  return {{"mean", accuracy.mean()}, {"subjects", subjects}, {"groups", groups}};
}

std::string percent(double share) { return std::isnan(share) ? "     -" : fmt::format("{:5.1f}%", 100 * share); }

void print_table(const Accuracy& accuracy) {
  const auto table = painter::attribute_groups();
  for (int s = 0; s < painter::kSubjectCount; ++s) {
    const auto subject = static_cast<painter::Subject>(s);
    fmt::print("{:<18}{}\n", subject_name(subject), percent(accuracy.of_subject(subject)));
    for (std::size_t i = 0; i < table.size(); ++i)
      if (table[i].subject == subject)
        fmt::print("  {:<18}{}  of {}\n", table[i].name, percent(accuracy.of_group(i)), accuracy.shown(i));
  }
  fmt::print("{:<18}{}\n", "mean of groups", percent(accuracy.mean()));
}

void print(const Accuracy& accuracy, bool as_json) {
  if (as_json)
    fmt::print("{}\n", to_json(accuracy).dump());
  else
    print_table(accuracy);
}

void train(const TrainFlags& flags) {
  judge::use_threads(flags.threads);
  const InterruptGuard interrupt;
  std::int64_t steps = 0;
  judge::Network network = [&] {
    ProgressBar bar("training", flags.options.steps);
    return judge::train_judge(flags.start.empty() ? judge::Network(judge::answer_counts(), flags.options.seed)
                                                  : judge::load_network(flags.start),
                              flags.options, interrupt.cancellation(), [&](const judge::TrainingProgress& progress) {
                                steps = progress.step;
                                bar.update(progress.step);
                                if (progress.step % 100 == 0 && !stderr_is_terminal())
                                  fmt::print(stderr, "judge: step {} of {}, loss {:.4f}\n", progress.step,
                                             flags.options.steps, progress.loss);
                              });
  }();
  const Accuracy accuracy = judge::examine(network, kExaminationSeed, flags.examined);
  save_network(flags.file, network,
               {{"judge.accuracy", fmt::format("{:.4f}", accuracy.mean())},
                {"judge.steps", fmt::format("{}", steps)},
                {"judge.painting_version", fmt::format("{}", painter::kPaintingVersion)}});
  print(accuracy, flags.as_json);
  interrupt.cancellation().check();
}

void score(const ScoreFlags& flags) {
  judge::use_threads(flags.threads);
  const judge::Network network = judge::load_network(flags.judge);
  const InterruptGuard interrupt;
  std::unique_ptr<ProgressBar> bar;
  const Accuracy accuracy =
      judge::score_folder(network, flags.pictures, flags.captions.empty() ? flags.pictures : flags.captions,
                          interrupt.cancellation(), [&](std::int64_t done, std::int64_t total) {
                            if (!bar) bar = std::make_unique<ProgressBar>("judging", total);
                            bar->update(done);
                          });
  bar.reset();
  print(accuracy, flags.as_json);
}

void add_train(CLI::App& judge) {
  auto flags = std::make_shared<TrainFlags>();
  CLI::App* command = judge.add_subcommand("train", "Train a judge on pictures painted meanwhile, then examine it");
  command->add_option("--out", flags->file, "File to write (.safetensors)")->required();
  command->add_option("--start-from", flags->start, "Go on from this judge (use another --seed)");
  command->add_option("--steps", flags->options.steps, "Batches to learn from, 1..1000000, default 4000")
      ->check(CLI::Range(1, 1000000));
  command->add_option("--seed", flags->options.seed, "Data set to train on, default 1000");
  command->add_option("--examined", flags->examined, "Held-out pictures it is examined on, 1..100000, default 1000")
      ->check(CLI::Range(1, 100000));
  command->add_option("--threads", flags->threads, "1..256, default 1")->check(CLI::Range(1, 256));
  command->add_flag("--json", flags->as_json, "Print one JSON object");
  command->callback([flags] { train(*flags); });
}

void add_score(CLI::App& judge) {
  auto flags = std::make_shared<ScoreFlags>();
  CLI::App* command = judge.add_subcommand("score", "Tell how often pictures show what their captions say");
  command->add_option("folder", flags->pictures, "Folder of .png pictures")->required();
  command->add_option("--judge", flags->judge, "A judge from 'fude judge train'")->required();
  command->add_option("--captions-from", flags->captions,
                      "Folder of NAME.txt; default: beside the pictures, else the prompts stored in them");
  command->add_option("--threads", flags->threads, "1..256, default 1")->check(CLI::Range(1, 256));
  command->add_flag("--json", flags->as_json, "Print one JSON object");
  command->callback([flags] { score(*flags); });
}

}  // namespace

void add_judge_command(CLI::App& app) {
  CLI::App* judge = app.add_subcommand("judge", "Measure how well pictures of the sample kind follow their tags");
  judge->require_subcommand(1);
  add_train(*judge);
  add_score(*judge);
}

}  // namespace fude::apps
