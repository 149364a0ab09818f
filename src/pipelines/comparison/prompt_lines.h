#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipelines/comparison/cells.h"
#include "pipelines/comparison/seed_source.h"
#include "pipelines/word_expansion.h"

namespace fude::pipelines::comparison {

/// Where a line's words stand beside those that the request has itself.
enum class LinePlace { kStart, kEnd };

struct LineOptions {
  bool iterates_seeds = false;       // every line's seed follows the one before by the pictures of a line
  bool has_one_random_seed = false;  // a random seed is drawn once for all lines
  LinePlace place = LinePlace::kStart;
};

/// Longer texts and more lines are refused.
inline constexpr std::size_t kLongestLines = std::size_t{4} << 20;  // bytes

/// The words of one line, taken apart as a POSIX shell does: white space parts, 'single' and "double" quotes keep
/// together, a backslash escapes (within double quotes only " and \). Throws Error(kInvalidArgument) for a quote or a
/// backslash without end.
std::vector<std::string> shell_words(std::string_view line);

/// A line such as "--prompt a girl --steps 20 --sampler_name 'Euler a'" as pairs of option and value. A prompt reaches
/// to the next "--"; every other option has one value. Throws Error(kInvalidArgument) for an unknown option and one
/// without a value.
std::vector<std::pair<std::string, std::string>> parse_line_options(std::string_view line);

struct PromptLines {
  std::vector<Cell> cells;  // one a line that is not empty
  std::vector<std::string> warnings;
};

/// One job for each line. A line without "--" is a prompt; so is one whose options cannot be read, with a warning.
/// `base` must be normalised, its seeds need not be resolved: those of -1 are drawn for each line unless the options
/// say otherwise. Throws Error as normalise() and expand_words() do, naming the line; kInvalidArgument for a text
/// without lines, longer than kLongestLines or of more than kMostCells lines.
PromptLines plan_lines(const GenerationRequest& base, std::string_view text, const LineOptions& options,
                       const WordFiles& files, SeedSource seeds = SeedSource::random());

}  // namespace fude::pipelines::comparison
