#pragma once

#include "pipelines/picture_saving.h"
#include "service/settings_store.h"

namespace fude::service {

/// What the settings say of saving.
pipelines::SavingOptions saving_options(const SettingsStore& settings);

}  // namespace fude::service
