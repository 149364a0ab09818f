#include "service/model_cache.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/error.h"
#include "core/platform/memory.h"
#include "pipelines/adapter_shelf.h"

namespace fude::service {
namespace {

using pipelines::GenerationRequest;

// How large the pictures are that a device's memory was planned for.
std::int64_t work_of(const GenerationRequest& request) {
  return std::int64_t{request.width} * request.height * request.batch_size;
}

std::int64_t size_of(const std::filesystem::path& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  return error ? 0 : static_cast<std::int64_t>(size);
}

std::string identity_of(const std::filesystem::path& file) {
  return file.empty() ? std::string() : pipelines::file_identity(file);
}

}  // namespace

struct ModelCache::Kept {
  std::string key = {};
  std::int64_t work = 0;
  std::int64_t bytes = 0;
  std::unique_ptr<pipelines::PictureModel> model = {};
};

ModelCache::ModelCache(const pipelines::ModelLibrary& library, const pipelines::EngineOptions& engine)
    : library_(library), engine_(engine) {}

ModelCache::~ModelCache() = default;

// A file that was replaced is another model.
std::string ModelCache::key_of(const GenerationRequest& request) const {
  std::string key = fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n", request.model, request.text_encoder, request.vae,
                                request.vae_tiling, request.vae_overrides_model_preferences, request.refiner);
  key += identity_of(library_.find_checkpoint(request.model));
  if (!request.refiner.empty()) key += identity_of(library_.find_checkpoint(request.refiner));
  const std::string hires = request.enable_hr ? request.hr_checkpoint : "";
  if (!hires.empty()) key += hires + "\n" + identity_of(library_.find_checkpoint(hires));
  const bool has_own = request.vae != "Automatic" && request.vae != "None";
  if (has_own) key += identity_of(library_.find_autoencoder(request.vae));
  return key;
}

bool ModelCache::has(const GenerationRequest& request) const {
  const std::string key = key_of(request);
  return std::ranges::any_of(kept_, [&](const Kept& kept) {
    return kept.key == key && (engine_.device.is_cpu() || work_of(request) <= kept.work);
  });
}

pipelines::PictureModel& ModelCache::take(const GenerationRequest& request, const CacheLimits& limits) {
  const std::string key = key_of(request);
  const auto found = std::ranges::find(kept_, key, &Kept::key);
  if (found != kept_.end()) {
    if (has(request)) {
      kept_.splice(kept_.begin(), kept_, found);
      return *kept_.front().model;
    }
    kept_.erase(found);
  }
  make_room(size_of(library_.find_checkpoint(request.model)), limits);
  Kept kept{.key = key, .work = work_of(request)};
  try {
    kept.model = std::make_unique<pipelines::PictureModel>(load_picture_model(library_, request, engine_));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kOutOfResources || kept_.empty()) throw;
    kept_.clear();
    kept.model = std::make_unique<pipelines::PictureModel>(load_picture_model(library_, request, engine_));
  }
  kept.bytes = kept.model->memory.needed;
  kept_.push_front(std::move(kept));
  return *kept_.front().model;
}

void ModelCache::make_room(std::int64_t bytes, const CacheLimits& limits) {
  const std::int64_t count = engine_.device.is_cpu() ? std::max(limits.count, 1) : 1;
  std::int64_t room = limits.bytes;
  if (room == 0) {
    const auto free = platform::available_memory();
    room = free ? (static_cast<std::int64_t>(*free) + this->bytes()) / 2 : INT64_MAX;
  }
  while (!kept_.empty() && (static_cast<std::int64_t>(kept_.size()) >= count || this->bytes() + bytes > room)) {
    kept_.pop_back();
  }
}

void ModelCache::clear() { kept_.clear(); }

std::int64_t ModelCache::bytes() const {
  std::int64_t sum = 0;
  for (const Kept& kept : kept_) sum += kept.bytes;
  return sum;
}

}  // namespace fude::service
