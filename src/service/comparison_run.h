#pragma once

#include "service/workbench.h"

namespace fude::service {

/// Carries out a job of kind "compare" (pipelines/comparison/comparison_order.h): makes the cells that are not there
/// yet, what is costly to change outermost, each into the gallery; then the grid with its index, where settings want
/// them. A cell that fails is noted and the others are made. Interrupted, it draws the grid of what there is.
/// Throws as Workbench::check_going_on(); Error of PictureStore::save(); the first failure where no cell could be made.
void run_comparison(Workbench& bench, const Job& job);

}  // namespace fude::service
