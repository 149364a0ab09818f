#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/images/resample.h"
#include "models/upscalers/upscaler.h"
#include "pipelines/engine_options.h"
#include "pipelines/model_library.h"

namespace fude::pipelines {

/// One way to enlarge pictures.
struct ListedUpscaler {
  std::string name;            // "None", "Lanczos", "R-ESRGAN 4x+", "4x-UltraSharp"
  std::filesystem::path path;  // empty: computed without a network
  std::string family;          // "SwinIR"; empty without a network and where the file cannot be read
  double scale = 4;            // of one run of the network; without one what the web UI lists
  std::string problem;         // why the file is none that can be used; else empty
};

/// A way to enlarge pictures, ready.
struct LoadedUpscaler {
  std::string name;
  std::shared_ptr<const models::Upscaler> network;           // null: without
  io::ResampleFilter filter = io::ResampleFilter::kLanczos;  // of those without a network
  bool is_none = false;                                      // "None": pictures keep their size
};

/// The upscalers in the models folder: ESRGAN, RealESRGAN, SwinIR, DAT, HAT, SPAN and upscalers below it. What a file
/// is, its tensors tell; the folder does not matter.
class UpscalerLibrary {
 public:
  explicit UpscalerLibrary(ModelLibrary models, bool takes_paths = true)
      : models_(std::move(models)), takes_paths_(takes_paths) {}

  /// All of them, those without a network first, then by name. Reads the files' headers only.
  std::vector<ListedUpscaler> list() const;

  /// By name, without regard to case, by file name, with or without extension, or by path. Throws Error(kNotFound) with
  /// the nearest name, and what models::load_upscaler throws.
  LoadedUpscaler load(std::string_view name, const EngineOptions& engine) const;

  /// Throws Error(kNotFound) as load() does, without opening the file.
  void require(std::string_view name) const;

  /// Where the file of such a name lies; absent where there is none, and for those without a network.
  std::optional<std::filesystem::path> find_file(std::string_view name) const;

  /// All files, by the upscalers' names.
  std::vector<std::filesystem::path> files() const;

 private:
  std::filesystem::path find(std::string_view name) const;

  ModelLibrary models_;
  bool takes_paths_;
};

/// What the web UI calls the upscalers it brings along, by their published files' names ("RealESRGAN_x4plus"); any
/// other is called by its file's name without extension.
std::string upscaler_title(const std::filesystem::path& path);

}  // namespace fude::pipelines
