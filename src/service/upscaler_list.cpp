#include "service/upscaler_list.h"

#include "pipelines/latent_upscale.h"
#include "pipelines/upscaler_library.h"

namespace fude::service {

std::vector<UpscalerRow> list_upscalers(const pipelines::ModelLibrary& library) {
  std::vector<UpscalerRow> rows;
  for (const auto& upscaler : pipelines::UpscalerLibrary(library, /*takes_paths=*/false).list()) {
    rows.push_back({.name = upscaler.name,
                    .family = upscaler.family,
                    .scale = upscaler.scale,
                    .path = upscaler.path,
                    .problem = upscaler.problem});
  }
  return rows;
}

std::vector<std::string> latent_upscaler_names() {
  std::vector<std::string> names;
  for (const pipelines::LatentUpscaler& upscaler : pipelines::latent_upscalers()) names.emplace_back(upscaler.name);
  return names;
}

}  // namespace fude::service
