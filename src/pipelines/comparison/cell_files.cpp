#include "pipelines/comparison/cell_files.h"

#include <set>
#include <string>

#include "pipelines/model_library.h"

namespace fude::pipelines::comparison {

void check_files(const ModelLibrary& library, std::span<const Cell> cells) {
  std::set<std::string> checkpoints, autoencoders;
  for (const Cell& cell : cells) {
    const GenerationRequest& request = cell.jobs.front();
    for (const std::string& name : {request.model, request.refiner, request.text_encoder}) {
      if (!name.empty()) checkpoints.insert(name);
    }
    if (request.vae != "Automatic" && request.vae != "None") autoencoders.insert(request.vae);
  }
  for (const std::string& name : checkpoints) library.find_checkpoint(name);
  for (const std::string& name : autoencoders) library.find_autoencoder(name);
}

}  // namespace fude::pipelines::comparison
