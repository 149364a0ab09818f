#pragma once

#include <vector>

#include "pipelines/generation_request.h"
#include "service/job_sources.h"

namespace fude::service {

/// Takes the pictures out of a request, which is stored without them.
std::vector<Source> take_sources(pipelines::GenerationRequest& request);

/// Puts them back. Members that are not known (of a newer Fude) are refused: Error(kInvalidArgument).
void give_sources(pipelines::GenerationRequest& request, const std::vector<Source>& sources);

/// The same for an upscale (pipelines/upscale_order.h), which starts from one picture, or from a file: none.
std::vector<Source> upscale_sources(const pipelines::PictureBytes& image);
pipelines::PictureBytes upscaled_source(const std::vector<Source>& sources);

}  // namespace fude::service
