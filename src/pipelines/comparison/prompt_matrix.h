#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipelines/comparison/cells.h"
#include "pipelines/comparison/seed_source.h"
#include "pipelines/word_expansion.h"

namespace fude::pipelines::comparison {

struct MatrixOptions {
  bool is_at_start = false;       // the parts that vary stand before the others
  bool has_other_seeds = false;   // every picture a seed of its own, counting up
  bool is_negative = false;       // the negative prompt is taken apart
  std::string_view joint = ", ";  // between the parts; or " "
  int margin = 0;                 // pixels between cells, 0..500
};

/// "base|a|b": the base with every choice of the other parts, which doubles with each.
struct PromptMatrix {
  GenerationRequest base;
  MatrixOptions options;
  std::vector<std::string> parts;  // without the base: those along the columns, then those along the rows
  std::size_t column_parts = 0;    // how many of them
  std::vector<Cell> cells;         // picture n has part i where bit i of n is set
  std::vector<std::string> warnings = {};

  std::size_t columns() const { return std::size_t{1} << column_parts; }
};

/// More parts that vary are refused: their pictures would be more than kMostCells.
inline constexpr std::size_t kMostMatrixParts = 13;

/// Parts of a prompt between "|", white space taken off. One within brackets belongs to the prompt language
/// ("[cat|dog]", "{a|b}") and parts nothing, unless the brackets are never closed.
std::vector<std::string> split_matrix(std::string_view prompt);

/// `base` must be normalised; its seeds are resolved. Throws Error as normalise() and expand_words() do, and
/// kInvalidArgument for too many parts and a margin out of range.
PromptMatrix plan_matrix(GenerationRequest base, const MatrixOptions& options, const WordFiles& files,
                         SeedSource seeds = SeedSource::random());

}  // namespace fude::pipelines::comparison
