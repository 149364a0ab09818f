#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "pipelines/engine_options.h"
#include "pipelines/model_library.h"
#include "pipelines/upscale_order.h"

namespace fude::service {

/// What enlarging a picture needs besides the order.
struct UpscalePlace {
  const pipelines::ModelLibrary& library;
  const pipelines::EngineOptions& engine;
  std::filesystem::path outputs;  // folder that the order's file is below
};

/// The enlarged picture as a PNG file, with the texts that the picture had and what was done to it. `on_tile` hears
/// pieces done of those to do, and may throw Error(kCancelled). Throws as reading pictures, UpscalerLibrary::load() and
/// upscale_picture() do.
std::vector<std::byte> upscaled_file(const pipelines::UpscaleOrder& order, const UpscalePlace& place,
                                     const std::function<void(std::int64_t done, std::int64_t total)>& on_tile);

}  // namespace fude::service
