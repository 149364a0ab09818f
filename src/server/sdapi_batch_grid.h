#pragma once

#include <optional>
#include <span>

#include "server/sdapi_tab.h"
#include "service/job_settings.h"
#include "service/made_picture.h"
#include "service/studio.h"

namespace fude::server {

/// A picture of the answer that is no picture of a job, in the format that the settings ask for.
service::MadePicture drawn_picture(const io::Image& image, const std::string& infotext, std::int64_t seed,
                                   const service::JobSettings& settings);

/// The grid of a batch that is saved, as the settings ask for it: saved below the outputs folder (grid_save, in
/// grid_format) and handed out (return_grid). Absent where none goes into the answer: also for a single picture, and
/// for what would be larger than a grid may be.
std::optional<service::MadePicture> batch_grid(const service::Studio& studio, const service::JobSettings& settings,
                                               Tab tab, int batch_size, std::span<const service::MadePicture> pictures);

}  // namespace fude::server
