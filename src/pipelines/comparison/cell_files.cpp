#include "pipelines/comparison/cell_files.h"

#include <set>
#include <string>
#include <tuple>

#include "pipelines/model_library.h"
#include "pipelines/request_upscalers.h"

namespace fude::pipelines::comparison {

void check_files(const ModelLibrary& library, std::span<const Cell> cells) {
  using UpscalerNames = std::tuple<bool, std::string, bool, std::string>;
  std::set<UpscalerNames> upscalers;
  std::set<std::string> checkpoints, autoencoders;
  for (const Cell& cell : cells) {
    const GenerationRequest& request = cell.jobs.front();
    for (const std::string& name : {request.model, request.refiner, request.text_encoder}) {
      if (!name.empty()) checkpoints.insert(name);
    }
    const UpscalerNames names{request.enable_hr, request.hr_upscaler, request.sd_upscale, request.sd_upscale_upscaler};
    if (upscalers.insert(names).second) require_upscalers(request, library);
    if (request.vae != "Automatic" && request.vae != "None") autoencoders.insert(request.vae);
  }
  for (const std::string& name : checkpoints) library.find_checkpoint(name);
  for (const std::string& name : autoencoders) library.find_autoencoder(name);
}

}  // namespace fude::pipelines::comparison
