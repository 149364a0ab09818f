#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "command.h"
#include "core/platform/paths.h"
#include "pipelines/settings.h"
#include "pipelines/word_expansion.h"
#include "prompt_report.h"

namespace fude::apps {
namespace {

struct PromptFlags {
  std::string text;
  int steps = 20;
  std::optional<int> hires_steps;
  bool is_second_order = false;
  std::string tokenizer = "sd1";
  std::vector<std::string> settings;
  bool wants_json = false;
  int expansions = 0;
  std::int64_t seed = 0;
  bool is_combinatorial = false;
  std::string data_dir;
};

/// Texts that a template stands for, as txt2img would draw them for pictures from `seed` on.
std::vector<PromptExpansion> expansions_of(const std::string& text, const PromptFlags& flags) {
  pipelines::GenerationRequest request;
  request.prompt = text;
  request.seed = flags.seed;
  request.batch_count = flags.is_combinatorial ? 1 : flags.expansions;
  request.combinatorial = flags.is_combinatorial;
  request.max_generations = flags.expansions;
  const std::filesystem::path data_dir = platform::data_dir_or_default(flags.data_dir);
  const pipelines::PictureJobs jobs =
      pipelines::expand_words(request, {.wildcards = data_dir / "wildcards", .styles = {}});
  for (const std::string& warning : jobs.warnings) std::fprintf(stderr, "fude: warning: %s\n", warning.c_str());
  std::vector<PromptExpansion> expansions;
  for (const pipelines::GenerationRequest& job : jobs.requests) expansions.push_back({job.seed, job.prompt});
  return expansions;
}

const tokenizers::ClipTokenizerOptions& tokenizer_options(const std::string& name) {
  if (name == "sd2") return tokenizers::kSd2Tokenizer;
  return name == "openai" ? tokenizers::kOpenAiTokenizer : tokenizers::kSd1Tokenizer;
}

prompt::PlanOptions plan_options(const PromptFlags& flags, const pipelines::GenerationRequest& request) {
  const int calls_per_step = flags.is_second_order ? 2 : 1;
  prompt::PlanOptions options{.strips_comments = request.enable_prompt_comments};
  options.schedule.steps = flags.steps * calls_per_step;
  if (flags.hires_steps) {
    options.schedule.hires_steps = (*flags.hires_steps > 0 ? *flags.hires_steps : flags.steps) * calls_per_step;
  }
  options.schedule.uses_old_rule = request.use_old_scheduling;
  return options;
}

PromptReport report_on(std::string text, const PromptFlags& flags) {
  PromptReport report;
  if (flags.expansions > 0) {
    report.expansions = expansions_of(text, flags);
    report.prompt_template = std::exchange(text, report.expansions.front().text);
  }
  pipelines::GenerationRequest request;
  for (const std::string& setting : flags.settings) {
    const std::string warning = apply_setting_text(request, setting);
    if (!warning.empty()) std::fprintf(stderr, "fude: warning: %s\n", warning.c_str());
  }
  const tokenizers::ClipTokenizer tokenizer(tokenizer_options(flags.tokenizer));
  report.plan = prompt::plan_prompt(text, plan_options(flags, request));
  const std::string& first = report.plan.parts.front().schedules.front().text;
  report.attention = prompt::parse_attention(first, prompt::parse_emphasis(request.emphasis));
  report.tokens = tokenizer.encode(text);
  report.chunked = prompt::chunk_pieces(report.attention, tokenizer, request.comma_padding_backtrack);
  return report;
}

std::string standard_input() { return {std::istreambuf_iterator<char>(std::cin), {}}; }

void print_report(const PromptFlags& flags) {
  const PromptReport report = report_on(flags.text == "-" ? standard_input() : flags.text, flags);
  const std::string out = flags.wants_json ? prompt_json(report) + '\n' : prompt_text(report);
  std::fwrite(out.data(), 1, out.size(), stdout);
}

}  // namespace

void add_prompt_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("prompt", "show how a prompt is understood");
  auto flags = std::make_shared<PromptFlags>();
  command->add_option("TEXT", flags->text, "the prompt; - reads standard input")->required();
  command->add_option("--steps", flags->steps, "sampling steps (1..1000, default 20)")
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""));
  command
      ->add_option("--hires-steps", flags->hires_steps,
                   "show the second pass, of this many steps (0..1000; 0: as many as --steps)")
      ->type_name("N")
      ->check(CLI::Range(0, 1000).description(""));
  command->add_flag("--second-order", flags->is_second_order,
                    "for a sampler that calls the model twice a step, such as DPM++ SDE or Heun");
  command->add_option("--tokenizer", flags->tokenizer, "sd1, sd2 or openai (default sd1)")
      ->type_name("NAME")
      ->check(CLI::IsMember({"sd1", "sd2", "openai"}).description(""));
  command
      ->add_option("--set", flags->settings,
                   "a setting, may be repeated: emphasis, comma_padding_backtrack, enable_prompt_comments, "
                   "use_old_scheduling")
      ->type_name("ID=VALUE")
      ->allow_extra_args(false);
  command
      ->add_option("--expand", flags->expansions,
                   "read the text as a template such as {a|b}: show N texts that it stands for, and how the first "
                   "of them is understood (1..1000)")
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""));
  command->add_option("--seed", flags->seed, "with --expand: the seed of the first text (default 0)")->type_name("N");
  command->add_flag("--combinatorial", flags->is_combinatorial,
                    "with --expand: all combinations in order, N at most, instead of random ones");
  command
      ->add_option("--data-dir", flags->data_dir,
                   "with --expand: where the folder wildcards lies; default: $XDG_DATA_HOME/fude")
      ->type_name("DIR");
  command->add_flag("--json", flags->wants_json, "print one JSON object");
  command->callback([flags] { print_report(*flags); });
}

}  // namespace fude::apps
