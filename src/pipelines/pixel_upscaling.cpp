#include "pipelines/pixel_upscaling.h"

namespace fude::pipelines {

UpscalerShelf::UpscalerShelf(const ModelLibrary& models, const EngineOptions& engine)
    : models_(models), library_(models, models.takes_paths()), engine_(engine) {}

io::Enlarge UpscalerShelf::find(const std::string& name, const UpscaleEvents& events) {
  if (!loaded_ || name_ != name) {
    loaded_.reset();  // before the next one takes its memory
    loaded_ = std::make_shared<const LoadedUpscaler>(library_.load(name, engine_));
    name_ = name;
  }
  if (loaded_->is_none) return {};
  return [loaded = loaded_, events](const io::Image& image, double factor) {
    return enlarge(*loaded, image, factor, {}, events);
  };
}

std::string UpscalerShelf::hash_of(const std::string& name) const {
  constexpr std::size_t kDigits = 10;
  const auto path = library_.find_file(name);
  return path ? models_.sha256(*path).substr(0, kDigits) : std::string();
}

}  // namespace fude::pipelines
