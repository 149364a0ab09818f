#pragma once

#include "service/workbench.h"

namespace fude::service {

/// Carries out a job of kind "upscale": one enlarged picture. Throws as Workbench::note_share() and upscaled_file() do.
void run_upscale(Workbench& bench, const Job& job);

}  // namespace fude::service
