#include "pipelines/comparison/comparison_plan.h"

#include <utility>

#include "pipelines/comparison/comparison_index.h"

namespace fude::pipelines::comparison {
namespace {

ComparisonPlan::Kind laid_out(const ComparisonOrder& order, const WordFiles& files) {
  const SeedSource seeds(order.seeds);
  if (order.script == Script::kMatrix) return plan_matrix(order.base, order.matrix, files, seeds);
  if (order.script == Script::kLines) {
    return LinesPlan{.base = order.base,
                     .lines = plan_lines(order.base, order.lines, order.line_options, files, seeds),
                     .has_grid = order.has_combined_grid};
  }
  return plan_comparison(
      order.base, {read_axis_order(order.axes[0]), read_axis_order(order.axes[1]), read_axis_order(order.axes[2])},
      order.plot, files, seeds);
}

std::vector<std::vector<PlanLegend>> legends_of(const AxisChoice& choice) {
  std::vector<std::vector<PlanLegend>> legends;
  if (choice.is_nothing()) return legends;
  for (std::size_t i = 0; i < choice.size(); ++i) legends.push_back({{.text = legend_of(choice, i)}});
  return legends;
}

std::vector<std::vector<PlanLegend>> legends_of(std::span<const std::string> parts) {
  std::vector<std::vector<PlanLegend>> legends;
  for (std::size_t choice = 0; !parts.empty() && choice < std::size_t{1} << parts.size(); ++choice) {
    std::vector<PlanLegend>& legend = legends.emplace_back();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      legend.push_back({.text = parts[i], .is_active = (choice >> i & 1) != 0});
    }
  }
  return legends;
}

PlanTable table_of(const Comparison& plan) {
  return {.columns = plan.axes[0].size(),
          .rows = plan.axes[1].size(),
          .tables = plan.axes[2].size(),
          .column_legends = legends_of(plan.axes[0]),
          .row_legends = legends_of(plan.axes[1]),
          .table_legends = legends_of(plan.axes[2])};
}

PlanTable table_of(const PromptMatrix& plan) {
  const std::span<const std::string> parts(plan.parts);
  return {.columns = plan.columns(),
          .rows = plan.cells.size() / plan.columns(),
          .column_legends = legends_of(parts.first(plan.column_parts)),
          .row_legends = legends_of(parts.subspan(plan.column_parts))};
}

PlanTable table_of(const LinesPlan& plan) {
  PlanTable table{.rows = plan.lines.cells.size()};
  for (const Cell& cell : plan.lines.cells) table.row_legends.push_back({{.text = cell.jobs.front().prompt}});
  return table;
}

}  // namespace

ComparisonPlan::ComparisonPlan(const ComparisonOrder& order, const WordFiles& files) : kind_(laid_out(order, files)) {}

std::span<const Cell> ComparisonPlan::cells() const {
  if (const auto* lines = std::get_if<LinesPlan>(&kind_)) return lines->lines.cells;
  if (const auto* matrix = std::get_if<PromptMatrix>(&kind_)) return matrix->cells;
  return std::get<Comparison>(kind_).cells;
}

std::vector<std::size_t> ComparisonPlan::order() const {
  if (const auto* plot = std::get_if<Comparison>(&kind_)) return plot->order;
  return in_turn(cells().size());
}

const std::vector<std::string>& ComparisonPlan::warnings() const {
  if (const auto* lines = std::get_if<LinesPlan>(&kind_)) return lines->lines.warnings;
  if (const auto* matrix = std::get_if<PromptMatrix>(&kind_)) return matrix->warnings;
  return std::get<Comparison>(kind_).warnings;
}

bool ComparisonPlan::has_grid() const {
  const auto* lines = std::get_if<LinesPlan>(&kind_);
  return lines == nullptr || (lines->has_grid && lines->lines.cells.size() > 1);
}

std::size_t ComparisonPlan::grid_count() const {
  if (!has_grid()) return 0;
  const auto* plot = std::get_if<Comparison>(&kind_);
  const bool has_sub_grids = plot != nullptr && plot->options.has_sub_grids && !plot->axes[2].is_nothing();
  return has_sub_grids ? 1 + plot->axes[2].size() : 1;
}

std::string ComparisonPlan::grid_name() const {
  if (std::holds_alternative<LinesPlan>(kind_)) return "grid";
  return std::holds_alternative<PromptMatrix>(kind_) ? "prompt_matrix" : "xyz_grid";
}

TextPairs ComparisonPlan::pairs() const {
  if (const auto* plot = std::get_if<Comparison>(&kind_)) return text_pairs(*plot);
  if (std::holds_alternative<PromptMatrix>(kind_)) return {{"Script", "Prompt matrix"}};
  return {};
}

std::string ComparisonPlan::index(std::span<const CellResult> results, const std::string& grid_file) const {
  if (const auto* lines = std::get_if<LinesPlan>(&kind_)) {
    return index_json(lines->base, lines->lines.cells, results, grid_file);
  }
  if (const auto* matrix = std::get_if<PromptMatrix>(&kind_)) return index_json(*matrix, results, grid_file);
  return index_json(std::get<Comparison>(kind_), results, grid_file);
}

PlanTable table_of(const ComparisonPlan& plan) {
  return std::visit([](const auto& kind) { return table_of(kind); }, plan.kind());
}

}  // namespace fude::pipelines::comparison
