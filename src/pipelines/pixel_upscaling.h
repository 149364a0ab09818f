#pragma once

#include <memory>
#include <string>

#include "io/images/fit.h"
#include "pipelines/upscale_picture.h"
#include "pipelines/upscaler_library.h"

namespace fude::pipelines {

/// What enlarges a model's pictures between their passes. The upscaler that was used last stays loaded.
class UpscalerShelf {
 public:
  /// A library that takes no paths leaves it at names here, too.
  UpscalerShelf(const ModelLibrary& models, const EngineOptions& engine);

  /// What enlarges pictures by this name, as UpscalerLibrary knows them; empty for "None". It may outlive the shelf,
  /// and tells `events` how far it is. Throws Error as UpscalerLibrary::load().
  io::Enlarge find(const std::string& name, const UpscaleEvents& events = {});

  /// The first 10 digits of the SHA-256 of the file behind a name; empty where there is none.
  std::string hash_of(const std::string& name) const;

 private:
  ModelLibrary models_;
  UpscalerLibrary library_;
  EngineOptions engine_;
  std::string name_;  // as it was asked for
  std::shared_ptr<const LoadedUpscaler> loaded_;
};

}  // namespace fude::pipelines
