#pragma once

#include <span>
#include <string>

#include "pipelines/comparison/cells.h"
#include "pipelines/comparison/comparison.h"
#include "pipelines/comparison/prompt_matrix.h"

namespace fude::pipelines::comparison {

/// A grid for programs: a JSON object with the script's name, the grid's file, the request that all cells began with
/// ("base"), the axes ("x": {"type", "values"}) or the parts of the matrix, and for every cell its place, legends,
/// files, seed, the members of the request that differ from the base ("changes"), and "error" where it failed. Cells
/// that were not begun have neither "files" nor "error".
std::string index_json(const Comparison& comparison, std::span<const CellResult> results, const std::string& grid_file);
std::string index_json(const PromptMatrix& matrix, std::span<const CellResult> results, const std::string& grid_file);

/// The same of a list of prompts; the grid's name may be empty.
std::string index_json(const GenerationRequest& base, std::span<const Cell> cells, std::span<const CellResult> results,
                       const std::string& grid_file);

}  // namespace fude::pipelines::comparison
