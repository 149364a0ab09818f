#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "pipelines/engine_options.h"
#include "pipelines/model_library.h"
#include "pipelines/picture_saving.h"
#include "pipelines/upscale_order.h"

namespace fude::service {

/// What enlarging a picture needs besides the order.
struct UpscalePlace {
  const pipelines::ModelLibrary& library;
  const pipelines::EngineOptions& engine;
  std::filesystem::path outputs;  // folder that the order's file is below
};

struct UpscaledFile {
  pipelines::EncodedPicture file = {};
  std::string infotext = {};  // of the picture, from before it was enlarged; empty: it had none
  std::string done = {};      // what was done to it; empty: nothing
};

/// The enlarged picture as `options` say, with what the picture said of its making. What was done is told under
/// "postprocessing" in PNG, and at the end of the infotext in the other formats. `on_tile` hears pieces done of those
/// to do, and may throw Error(kCancelled). Throws as reading pictures, UpscalerLibrary::load() and upscale_picture()
/// do.
UpscaledFile upscaled_file(const pipelines::UpscaleOrder& order, const UpscalePlace& place,
                           const pipelines::SavingOptions& options,
                           const std::function<void(std::int64_t done, std::int64_t total)>& on_tile);

}  // namespace fude::service
