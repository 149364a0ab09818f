#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "pipelines/comparison/comparison_order.h"
#include "pipelines/comparison/grid_text.h"

namespace fude::pipelines::comparison {

/// A list of prompts, laid out.
struct LinesPlan {
  GenerationRequest base;
  PromptLines lines;
  bool has_grid = false;  // one of all pictures
};

/// An order, laid out: what is made, in which order, and what is told of it, whichever script it is.
class ComparisonPlan {
 public:
  using Kind = std::variant<Comparison, PromptMatrix, LinesPlan>;

  /// The same order gives the same plan as long as the words' files stay. Throws Error as plan_comparison(),
  /// plan_matrix() and plan_lines() do.
  ComparisonPlan(const ComparisonOrder& order, const WordFiles& files);

  const Kind& kind() const { return kind_; }
  std::span<const Cell> cells() const;
  std::vector<std::size_t> order() const;
  const std::vector<std::string>& warnings() const;
  bool has_grid() const;
  /// How many grids are made: the whole, and those of the Z values where they are asked for.
  std::size_t grid_count() const;

  /// What grids are called: "xyz_grid", "prompt_matrix", "grid".
  std::string grid_name() const;
  /// What a grid's text says beside its first picture's.
  TextPairs pairs() const;
  /// As index_json().
  std::string index(std::span<const CellResult> results, const std::string& grid_file) const;

 private:
  Kind kind_;
};

/// One line of a legend above a column or beside a row; grid_drawing.h draws them.
struct PlanLegend {
  std::string text;
  bool is_active = true;  // false: struck out
};

/// How the cells stand: `columns` x `rows`, and so many such tables.
struct PlanTable {
  std::size_t columns = 1;
  std::size_t rows = 1;
  std::size_t tables = 1;
  std::vector<std::vector<PlanLegend>> column_legends = {};  // one a column, or none
  std::vector<std::vector<PlanLegend>> row_legends = {};
  std::vector<std::vector<PlanLegend>> table_legends = {};
};

/// Without regard to whether legends are to be drawn. A list of prompts is one column of names.
PlanTable table_of(const ComparisonPlan& plan);

}  // namespace fude::pipelines::comparison
