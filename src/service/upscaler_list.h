#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace fude::pipelines {
class ModelLibrary;
}

namespace fude::service {

/// A way to enlarge pictures, as pages list it.
struct UpscalerRow {
  std::string name;
  std::string family;               // of its network; empty without one
  double scale = 0;                 // of one run
  std::filesystem::path path = {};  // of its file; empty without one
  std::string problem = {};         // why it cannot be used; else empty
};

/// All of them, those without a network first. Reads files' headers.
std::vector<UpscalerRow> list_upscalers(const pipelines::ModelLibrary& library);

/// What hires fix offers beside them: ways to enlarge that work on the latent.
std::vector<std::string> latent_upscaler_names();

}  // namespace fude::service
