#include "service/upscaler_list.h"

#include "pipelines/upscaler_library.h"

namespace fude::service {

std::vector<UpscalerRow> list_upscalers(const pipelines::ModelLibrary& library) {
  std::vector<UpscalerRow> rows;
  for (const auto& upscaler : pipelines::UpscalerLibrary(library, /*takes_paths=*/false).list()) {
    rows.push_back(
        {.name = upscaler.name, .family = upscaler.family, .scale = upscaler.scale, .problem = upscaler.problem});
  }
  return rows;
}

}  // namespace fude::service
