#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "pipelines/model_library.h"
#include "pipelines/picture_model.h"

namespace fude::service {

/// How much a ModelCache may keep.
struct CacheLimits {
  int count = 1;           // models
  std::int64_t bytes = 0;  // 0: half of what is free
};

/// The models that were used last, ready to be used again. Those that a new one leaves no room for go before it is
/// loaded. On a GPU there is one at a time: how it shares the memory was planned for it alone. Not for several threads.
class ModelCache {
 public:
  /// `library` must outlive this.
  ModelCache(const pipelines::ModelLibrary& library, const pipelines::EngineOptions& engine);
  ~ModelCache();

  /// Whether take() would have to load.
  bool has(const pipelines::GenerationRequest& request) const;

  /// The model of a request, loaded if need be; valid until the next call. Throws Error as load_picture_model().
  pipelines::PictureModel& take(const pipelines::GenerationRequest& request, const CacheLimits& limits);

  void clear();

  std::size_t count() const { return kept_.size(); }
  /// About the memory that they take.
  std::int64_t bytes() const;

 private:
  struct Kept;

  std::string key_of(const pipelines::GenerationRequest& request) const;
  void make_room(std::int64_t bytes, const CacheLimits& limits);

  const pipelines::ModelLibrary& library_;
  pipelines::EngineOptions engine_;
  std::list<Kept> kept_;  // the latest first
};

}  // namespace fude::service
