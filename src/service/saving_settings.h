#pragma once

#include <string>

#include "pipelines/picture_saving.h"
#include "service/job_settings.h"

namespace fude::service {

/// What the settings say of saving.
pipelines::SavingOptions saving_options(const JobSettings& settings);

/// The file of a grid, in grid_format.
pipelines::EncodedPicture encode_grid(const io::Image& grid, const std::string& infotext, const JobSettings& settings);

}  // namespace fude::service
