#include "pipelines/request_upscalers.h"

#include "pipelines/generation_request.h"
#include "pipelines/latent_upscale.h"
#include "pipelines/upscaler_library.h"

namespace fude::pipelines {

void require_upscalers(const GenerationRequest& request, const ModelLibrary& library) {
  const UpscalerLibrary upscalers(library, /*takes_paths=*/false);
  if (request.enable_hr && find_latent_upscaler(request.hr_upscaler) == nullptr) upscalers.require(request.hr_upscaler);
  if (request.sd_upscale) upscalers.require(request.sd_upscale_upscaler);
}

}  // namespace fude::pipelines
