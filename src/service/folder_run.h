#pragma once

#include "service/workbench.h"

namespace fude::service {

/// Carries out a job of kind "folder" (folder_job.h): makes the results that are not there yet, picture by picture.
/// What is wrong with one is told as a warning, and the others are made. Interrupted, the job ends without the picture
/// that was being made, so that it can be resumed. Throws as Workbench::check_going_on() and text_to_image() do;
/// Error(kCorruptFile) where none of the pictures can be used.
void run_folder(Workbench& bench, const Job& job);

}  // namespace fude::service
