#pragma once

#include "pipelines/picture_saving.h"
#include "service/job_settings.h"

namespace fude::service {

/// What the settings say of saving.
pipelines::SavingOptions saving_options(const JobSettings& settings);

}  // namespace fude::service
