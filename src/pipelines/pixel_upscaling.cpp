#include "pipelines/pixel_upscaling.h"

namespace fude::pipelines {

UpscalerShelf::UpscalerShelf(const ModelLibrary& models, const EngineOptions& engine)
    : library_(models, models.takes_paths()), engine_(engine) {}

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

}  // namespace fude::pipelines
