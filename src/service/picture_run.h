#pragma once

#include <set>
#include <string>
#include <vector>

#include "service/workbench.h"

namespace fude::service {

/// Carries out a job of kind "txt2img": makes its pictures that are not there yet. Throws as
/// Workbench::check_going_on() and text_to_image() do.
void run_pictures(Workbench& bench, const Job& job);

/// The places in the job of the pictures that are in the gallery.
std::set<int> finished_indices(const std::vector<JobPicture>& pictures);

/// The networks that a prompt names and that have a file; the others are warned of when the picture is made.
std::vector<std::string> network_names(const pipelines::ModelLibrary& library,
                                       const pipelines::GenerationRequest& request);

}  // namespace fude::service
