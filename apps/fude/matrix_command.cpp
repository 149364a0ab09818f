#include <memory>
#include <string>
#include <vector>

#include "cell_work.h"
#include "command.h"
#include "pipelines/comparison/comparison_index.h"
#include "pipelines/comparison/grid_text.h"
#include "pipelines/comparison/prompt_matrix.h"
#include "pipelines/comparison/run.h"
#include "pipelines/comparison/sheets.h"

namespace fude::apps {
namespace {

namespace comparison = pipelines::comparison;

class MatrixCommand {
 public:
  explicit MatrixCommand(CLI::App& command) : flags_(command) {
    command.add_flag("--vary-start", options_.is_at_start, "put the parts that vary before the others");
    command.add_flag("--other-seeds", options_.has_other_seeds, "give every picture a seed of its own");
    command.add_flag("--in-negative", options_.is_negative, "take the negative prompt apart, not the prompt");
    command.add_flag("--join-by-space", joins_by_space_, "join the parts by a space, not by a comma");
    command.add_option("--margin", options_.margin, "pixels between the pictures, 0..500; default 0")->type_name("N");
  }

  void run() {
    if (joins_by_space_) options_.joint = " ";
    const comparison::PromptMatrix plan = comparison::plan_matrix(flags_.read_request(), options_, flags_.word_files());
    const std::vector<std::size_t> order = comparison::in_turn(plan.cells.size());
    const comparison::RunOutcome outcome =
        make_cells({.cells = plan.cells,
                    .order = order,
                    .warnings = plan.warnings,
                    .grid_size = [&](const comparison::PictureSize& size) { return sheet_size(plan, size); }},
                   flags_.output(), flags_.engine());
    const std::string infotext = comparison::grid_infotext(outcome.results, {{"Script", "Prompt matrix"}});
    if (!infotext.empty()) {
      save_grid(comparison::sheet(plan, outcome.results),
                {.name = "prompt_matrix",
                 .infotext = infotext,
                 .seed = comparison::grid_seed(plan.cells, outcome.results),
                 .index_of = [&](const std::string& file) { return index_json(plan, outcome.results, file); }},
                flags_.output());
    }
    check_outcome(outcome);
  }

 private:
  CellFlags flags_;
  comparison::MatrixOptions options_;
  bool joins_by_space_ = false;
};

}  // namespace

void add_matrix_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("matrix", "make every combination of a prompt's parts, side by side");
  command->footer(
      "\"base|a|b\" makes four pictures: base; base, a; base, b; base, a, b. Each further part doubles them.\n"
      "\n"
      "Examples:\n"
      "  fude matrix \"1girl|smile|blue hair\"\n"
      "  fude matrix \"1girl, sky|hat\" --seed 5 --margin 8\n"
      "  fude matrix \"1girl\" -n \"low quality|monochrome\" --in-negative");
  const auto state = std::make_shared<MatrixCommand>(*command);
  command->callback([state] { state->run(); });
}

}  // namespace fude::apps
