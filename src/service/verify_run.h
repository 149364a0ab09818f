#pragma once

#include "service/workbench.h"

namespace fude::service {

/// Carries out a job of kind "verify": makes a picture of the gallery again and keeps the answer. What it was made from
/// is taken from its job as long as that is there. Throws as pipelines::verify_picture() and Workbench::note_share()
/// do, and Error(kNotFound) for a picture that is gone.
void run_verification(Workbench& bench, const Job& job);

}  // namespace fude::service
