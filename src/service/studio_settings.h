#pragma once

#include <span>
#include <string_view>

#include "service/settings_store.h"

namespace fude::service {

/// The settings that are no knob of a picture: saving, previews, memory, the page.
std::span<const SettingRow> studio_settings();

/// Where a page shows the setting of a knob.
std::string_view knob_group(std::string_view id);

}  // namespace fude::service
