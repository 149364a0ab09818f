#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include "cell_work.h"
#include "command.h"
#include "core/error.h"
#include "pipelines/comparison/comparison.h"
#include "pipelines/comparison/comparison_index.h"
#include "pipelines/comparison/grid_text.h"
#include "pipelines/comparison/run.h"
#include "pipelines/comparison/sheets.h"

namespace fude::apps {
namespace {

namespace comparison = pipelines::comparison;

class CompareCommand {
 public:
  explicit CompareCommand(CLI::App& command) : flags_(command) {
    constexpr std::array<const char*, 3> kFlags{"--x", "--y", "--z"};
    constexpr std::array<const char*, 3> kHelp{"what changes from column to column, such as \"Steps=10-30 (+10)\"",
                                               "what changes from row to row", "what changes from grid to grid"};
    for (std::size_t i = 0; i < 3; ++i) {
      command.add_option(kFlags[i], axes_[i], kHelp[i])->type_name("AXIS=VALUES");
    }
    command.add_flag("--list-axes", lists_axes_, "print every axis and its values, and stop");
    command.add_flag("!--no-legend", options_.has_legend, "leave the legends out");
    command.add_option("--margin", options_.margin, "pixels between the pictures, 0..500; default 0")->type_name("N");
    command.add_flag("--keep-random", options_.keeps_random_seeds,
                     "a seed of -1 is drawn for every picture anew; else once for all");
    command
        .add_option("--vary-seeds", varied_, "axes along which every cell has another seed: x, y, z or several (xy)")
        ->type_name("AXES");
    command.add_flag("--sub-grids", options_.has_sub_grids, "save the grid of each --z value, too");
    command.add_flag("--plan", only_plans_, "say what would be made, and stop");
  }

  void run() {
    if (lists_axes_) return list_axes();
    const comparison::Comparison plan = read_plan();
    if (only_plans_) return tell(plan);
    const comparison::RunOutcome outcome =
        make_cells({.cells = plan.cells,
                    .order = plan.order,
                    .warnings = plan.warnings,
                    .grid_size = [&](const comparison::PictureSize& size) { return sheet_size(plan, size); }},
                   flags_.output(), flags_.engine());
    save(plan, outcome);
    check_outcome(outcome);
  }

 private:
  comparison::Comparison read_plan() {
    std::array<comparison::AxisChoice, 3> choices;
    bool has_axis = false;
    for (std::size_t i = 0; i < 3; ++i) {
      if (axes_[i].empty()) continue;
      choices[i] = comparison::read_axis_text(axes_[i]);
      has_axis = true;
    }
    if (!has_axis) {
      fail(ErrorCode::kInvalidArgument,
           "there is nothing to compare, expected --x \"AXIS=VALUES\"; --list-axes says "
           "what there is");
    }
    for (const char letter : varied_) {
      if (letter < 'x' || letter > 'z') {
        fail(ErrorCode::kInvalidArgument, "--vary-seeds is '{}', expected x, y, z or several of them",
             printable(varied_, 40));
      }
      options_.varies_seeds[static_cast<std::size_t>(letter - 'x')] = true;
    }
    return comparison::plan_comparison(flags_.read_request(), std::move(choices), options_, flags_.word_files());
  }

  void save(const comparison::Comparison& plan, const comparison::RunOutcome& outcome) const {
    const std::string infotext = comparison::grid_infotext(outcome.results, comparison::text_pairs(plan));
    if (infotext.empty()) return;  // not one picture
    const GridWords words{.name = "xyz_grid",
                          .infotext = infotext,
                          .seed = comparison::grid_seed(plan.cells, outcome.results),
                          .index_of = [&](const std::string& file) { return index_json(plan, outcome.results, file); }};
    save_grid(comparison::sheet(plan, outcome.results), words, flags_.output());
    if (!options_.has_sub_grids || plan.axes[2].is_nothing()) return;
    for (std::size_t z = 0; z < plan.axes[2].size(); ++z) {
      save_grid(comparison::sub_sheet(plan, outcome.results, z), words, flags_.output());
    }
  }

  static void list_axes() {
    for (const comparison::Axis* axis : comparison::axes_of_tab(/*is_image_to_image=*/false)) {
      if (axis->effect == comparison::AxisEffect::kUnavailable) continue;
      std::printf("%-36.*s %s\n", static_cast<int>(axis->label.size()), axis->label.data(),
                  comparison::describe_values(*axis).c_str());
    }
  }

  static void tell(const comparison::Comparison& plan) {
    for (const std::size_t index : plan.order) std::printf("%s\n", plan.cells[index].name.c_str());
    const comparison::Workload work = comparison::workload_of(plan.cells);
    std::printf("%lld pictures, %lld steps\n", static_cast<long long>(work.pictures),
                static_cast<long long>(work.steps));
  }

  CellFlags flags_;
  std::array<std::string, 3> axes_;
  std::string varied_;
  comparison::ComparisonOptions options_;
  bool lists_axes_ = false, only_plans_ = false;
};

}  // namespace

void add_compare_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("compare", "make pictures with several values of a knob, side by side");
  command->footer(
      "Values: a list (\"Euler a,DPM++ 2M\"), ranges of whole numbers 1-5, 1-5 (+2), 1-10 [5] (five of them), "
      "of numbers 0-1 (+0.25), 0-1 [6]. A value that holds a comma stands in \"quotes\".\n"
      "S/R puts words in the place of the first ones: \"S/R=red hair, blue hair\".\n"
      "\n"
      "Examples:\n"
      "  fude compare \"1girl, sky\" --x \"Steps=10-30 (+10)\"\n"
      "  fude compare \"1girl, sky\" --x \"CFG=5,7,9\" --y \"Sampler=Euler a,DPM++ 2M\"\n"
      "  fude compare \"1girl, red hair\" --x \"S/R=red hair, blue hair\" --y \"Seed=1-3\"\n"
      "  fude compare \"a castle\" --x \"Checkpoint name=a,b\" --z \"Steps=10,20\"\n"
      "  fude compare --list-axes");
  const auto state = std::make_shared<CompareCommand>(*command);
  command->callback([state] { state->run(); });
}

}  // namespace fude::apps
