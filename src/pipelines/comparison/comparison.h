#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/comparison/axes.h"
#include "pipelines/comparison/cells.h"
#include "pipelines/comparison/seed_source.h"
#include "pipelines/word_expansion.h"

namespace fude::pipelines::comparison {

/// An axis and what is tried along it.
struct AxisChoice {
  const Axis* axis = nullptr;                         // nullptr: Nothing
  std::string text = {};                              // the values as they were written
  std::vector<std::string> values = {};               // at least one unless the axis is Nothing
  std::vector<std::vector<std::string>> orders = {};  // Prompt order: the fragments of each value
  std::vector<std::string> fixed = {};                // seeds in the place of -1; empty: nothing was drawn

  std::size_t size() const { return values.empty() ? 1 : values.size(); }
  bool is_nothing() const { return axis == nullptr || axis->effect == AxisEffect::kNothing; }
};

/// Reads the values of an axis, as axis_values.h says. For Size and texts with choices they are checked when the
/// comparison is planned. Throws Error(kInvalidArgument) that names the axis.
AxisChoice read_axis(const Axis& axis, std::string_view text);

/// "Steps=10-30 (+10)", as the command line has it; "S/R" and other short names are taken.
AxisChoice read_axis_text(std::string_view text);

/// The same from a list: each text is one value (which may be a range of numbers). What is written for the whole is
/// the list as CSV.
AxisChoice read_axis_list(const Axis& axis, const std::vector<std::string>& values);

struct ComparisonOptions {
  bool has_legend = true;
  bool has_lone_pictures = false;         // answers hold the cells' own pictures, too
  bool has_sub_grids = false;             // answers hold the grid of each Z value, too
  bool keeps_random_seeds = false;        // a seed of -1 is drawn for each cell anew
  std::array<bool, 3> varies_seeds = {};  // along x, y, z: other seeds for every cell
  int margin = 0;                         // pixels between cells, 0..500
};

/// All there is to know of a comparison before it begins.
struct Comparison {
  GenerationRequest base;          // seeds resolved unless they are kept random
  std::array<AxisChoice, 3> axes;  // x, y, z
  ComparisonOptions options;
  std::vector<Cell> cells;         // x runs fastest, then y, then z
  std::vector<std::size_t> order;  // of making: the axes that cost most change least
  std::vector<std::string> warnings = {};

  std::size_t index(std::size_t x, std::size_t y, std::size_t z) const {
    return x + axes[0].size() * (y + axes[1].size() * z);
  }
};

/// Throws Error(kInvalidArgument) unless it is 0..500 pixels.
void check_margin(int margin);

/// Lays a comparison out: every cell's request is complete and checked, so that nothing that can be known before fails
/// after an hour's work. `base` must be normalised; its seeds need not be resolved: `seeds` gives what is missing.
/// Throws Error as normalise() and expand_words() do, naming the axis and the value; kInvalidArgument as well for more
/// than kMostCells cells, a margin out of range, two axes of one knob, a search text that is in no prompt.
Comparison plan_comparison(GenerationRequest base, std::array<AxisChoice, 3> axes, const ComparisonOptions& options,
                           const WordFiles& files, SeedSource seeds = SeedSource::random());

/// What the legend says of a value: "Steps: 20"; the value alone where the axis is clear from it.
std::string legend_of(const AxisChoice& choice, std::size_t index);

}  // namespace fude::pipelines::comparison
