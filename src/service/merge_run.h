#pragma once

#include "service/workbench.h"

namespace fude::service {

/// Carries out a job of kind "merge": writes the new model. Throws as Workbench::note_share() and merge_models() do.
void run_merge(Workbench& bench, const Job& job);

}  // namespace fude::service
