#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/comparison/comparison.h"
#include "pipelines/comparison/prompt_lines.h"
#include "pipelines/comparison/prompt_matrix.h"
#include "pipelines/generation_request.h"
#include "pipelines/saving_texts.h"

namespace fude::pipelines::comparison {

/// The ways to make many pictures out of one request.
enum class Script { kPlot, kMatrix, kLines };

/// "plot", "matrix", "lines".
std::string_view name_of(Script script);

/// An axis as it was written.
struct AxisOrder {
  std::string axis = {};                  // as find_axis() takes it; empty: Nothing
  std::string values = {};                // a list, as axis_values.h has it
  std::vector<std::string> choices = {};  // each of them one value; goes before `values` unless it is empty

  bool operator==(const AxisOrder&) const = default;
};

/// What is to be made side by side, as the queue keeps it.
struct ComparisonOrder {
  Script script = Script::kPlot;
  GenerationRequest base = {};         // normalised; seeds may be -1
  SavingTexts saving = {};             // settings of how pictures and grids are kept, not checked here
  std::array<AxisOrder, 3> axes = {};  // kPlot: x, y, z
  ComparisonOptions plot = {};         // kPlot
  MatrixOptions matrix = {};           // kMatrix
  LineOptions line_options = {};       // kLines
  std::string lines = {};              // kLines
  bool has_combined_grid = false;      // kLines
  std::uint32_t seeds = 0;             // the start of a SeedSource: the same plan every time
};

/// Reads a JSON object: `script`, `request` (as parse_request() takes it, absent members as in `base`), `axes` {x, y,
/// z: {axis, values, choices}}, `lines`, `seeds`, and `options`: legend, sub_grids, keep_random_seeds, vary_seeds (a
/// list of "x", "y", "z"), margin; for a matrix at_start, other_seeds, negative, joint ("comma", "space"), margin; for
/// lines iterate_seeds, same_seed, at_end, combined_grid. `warnings` gets what parse_request() warns of.
/// Throws Error: kCorruptFile (no JSON object), kInvalidArgument (unknown members, values of another kind, loopback,
/// and as normalise()).
ComparisonOrder parse_comparison_order(std::string_view text, const GenerationRequest& base,
                                       std::vector<std::string>* warnings = nullptr);

/// The same in full: parse_comparison_order() makes the same of it, whatever its base was.
std::string to_json(const ComparisonOrder& order);

/// What an axis has to try, with the errors of read_axis().
AxisChoice read_axis_order(const AxisOrder& order);

}  // namespace fude::pipelines::comparison
