#include "prompt_list.h"

#include <vector>

#include "pipelines/comparison/comparison_index.h"
#include "pipelines/comparison/grid_text.h"
#include "pipelines/comparison/run.h"
#include "pipelines/comparison/sheets.h"

namespace fude::apps {

namespace comparison = pipelines::comparison;

PromptListFlags::PromptListFlags(CLI::App& command) {
  CLI::Option* file = command.add_option("--prompts-file", file_,
                                         "one job for every line of this text ('-': standard input): a prompt, or "
                                         "options such as --prompt a girl --steps 20; beside it the prompt and flags "
                                         "hold for all lines");
  file->type_name("FILE");
  command.add_flag("--iterate-seeds", options_.iterates_seeds, "with --prompts-file: seeds count up from line to line")
      ->needs(file);
  command
      .add_flag("--same-seed", options_.has_one_random_seed,
                "with --prompts-file: one random seed for all lines, not one for each")
      ->needs(file);
  command.add_flag("--lines-at-end", is_at_end_, "with --prompts-file: put a line's words behind the prompt's")
      ->needs(file);
  command.add_flag("--combined-grid", has_grid_, "with --prompts-file: also save the pictures in one grid")
      ->needs(file);
}

void PromptListFlags::run(const pipelines::GenerationRequest& base, const pipelines::WordFiles& words,
                          const CellOutput& output, const EngineFlags& engine) {
  if (is_at_end_) options_.place = comparison::LinePlace::kEnd;
  const comparison::PromptLines lines = comparison::plan_lines(base, read_text(file_), options_, words);
  const std::vector<std::size_t> order = comparison::in_turn(lines.cells.size());
  const comparison::RunOutcome outcome =
      make_cells({.cells = lines.cells, .order = order, .warnings = lines.warnings}, output, engine);
  const std::string infotext = comparison::grid_infotext(outcome.results, {});
  if (has_grid_ && !infotext.empty()) {
    constexpr int kNearSquare = -1;
    save_grid(
        comparison::plain_sheet(outcome.results, kNearSquare, 1, /*prevents_empty=*/false),
        {.name = "grid",
         .infotext = infotext,
         .seed = comparison::grid_seed(lines.cells, outcome.results),
         .index_of = [&](const std::string& name) { return index_json(base, lines.cells, outcome.results, name); }},
        output);
  }
  check_outcome(outcome);
}

}  // namespace fude::apps
