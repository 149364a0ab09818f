#include "service/workbench.h"

#include <utility>

#include "core/error.h"
#include "models/detect.h"
#include "pipelines/text_to_image.h"
#include "weights/state_dict.h"

namespace fude::service {
namespace {

using pipelines::GenerationRequest;

std::string family_of(const pipelines::ModelLibrary& library, const std::string& model) {
  return models::detect(weights::index_of(library.open_checkpoint(model).file)).family;
}

}  // namespace

std::string without_folder(std::string message, const std::filesystem::path& folder) {
  const std::string begin = folder.string() + "/";
  for (std::size_t at = message.find(begin); at != std::string::npos; at = message.find(begin, at)) {
    message.erase(at, begin.size());
  }
  return message;
}

Workbench::Workbench(const RunnerParts& parts) : parts_(parts), models_(parts.library, parts.engine) {}

void Workbench::begin(const Job& job) {
  {
    const std::lock_guard lock(mutex_);
    preview_.reset();
  }
  meter_.begin(job);
  publish_progress(/*is_urgent=*/true);
}

void Workbench::end() {
  tell_loaded([](LoadedModel& loaded) { loaded.is_loading = false; });
  meter_.end();
  const std::lock_guard lock(mutex_);
  preview_.reset();
}

pipelines::PictureModel& Workbench::take_model(const GenerationRequest& request) {
  const bool is_new = !models_.has(request);
  if (is_new) tell_loaded([](LoadedModel& loaded) { loaded.is_loading = true; });
  const CacheLimits limits{.count = static_cast<int>(parts_.settings.whole("sd_checkpoints_limit")),
                           .bytes = parts_.model_memory_budget};
  pipelines::PictureModel& model = models_.take(request, limits);
  tell_loaded([&](LoadedModel& loaded) {
    if (is_new || loaded.name != model.name) loaded.hash.clear();
    loaded.is_loaded = true;
    loaded.is_loading = false;
    loaded.name = model.name;
    loaded.native_size = model.native_size;
    loaded.family = family_of(parts_.library, request.model);
    loaded.bytes = models_.bytes();
  });
  return model;
}

void Workbench::forget_models() { models_.clear(); }

void Workbench::tell_loaded(const std::function<void(LoadedModel&)>& change) {
  bool is_changed = false;
  {
    const std::lock_guard lock(mutex_);
    const LoadedModel before = loaded_;
    change(loaded_);
    is_changed = !(loaded_ == before);
  }
  if (is_changed) parts_.events.publish(ModelChanged{});
}

void Workbench::enter(const std::string& stage) {
  meter_.enter(stage);
  publish_progress(/*is_urgent=*/true);
}

void Workbench::publish_progress(bool is_urgent) {
  constexpr std::chrono::milliseconds kPause{100};
  const auto now = std::chrono::steady_clock::now();
  if (!is_urgent && now - published_at_ < kPause) return;
  published_at_ = now;
  const RunningState state = meter_.state();
  parts_.events.publish(Progressed{.job = state.job.value_or(0),
                                   .picture = state.picture,
                                   .pictures = state.pictures,
                                   .step = state.step,
                                   .steps = state.steps,
                                   .share = state.share,
                                   .seconds_left = state.seconds_left,
                                   .stage = state.stage});
}

void Workbench::warn(const Job& job, std::vector<std::string> warnings) {
  for (std::string& warning : warnings) warning = without_folder(std::move(warning), parts_.data_dir);
  parts_.queue.add_warnings(job.id, warnings);
}

void Workbench::show(const Job& job, std::vector<std::byte> png) {
  std::uint64_t version = 0;
  {
    const std::lock_guard lock(mutex_);
    version = ++previews_;
    preview_ = Preview{.bytes = std::move(png), .type = "image/png", .version = version};
  }
  meter_.note_preview(version);
  parts_.events.publish(PreviewChanged{.job = job.id, .version = version});
}

void Workbench::check_going_on(const Job& job) const {
  if (is_stopping_) throw Stopped();
  if (parts_.queue.is_stopping(job.id)) fail(ErrorCode::kCancelled, "cancelled");
}

pipelines::Continuation Workbench::continuation(const Job& job) {
  check_going_on(job);
  if (is_interrupted(job)) return pipelines::Continuation::kEndJob;
  JobId id = job.id;
  const bool is_skipped = skipped_.compare_exchange_strong(id, 0);
  return is_skipped ? pipelines::Continuation::kEndBatch : pipelines::Continuation::kGoOn;
}

void Workbench::note_share(const Job& job, std::int64_t done, std::int64_t total) {
  check_going_on(job);
  if (is_interrupted(job)) fail(ErrorCode::kCancelled, "interrupted");
  meter_.note_share(total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total));
  publish_progress(/*is_urgent=*/false);
}

void Workbench::interrupt() {
  if (const auto job = meter_.state().job) interrupt(*job);
}

bool Workbench::interrupt(JobId id) {
  if (meter_.state().job != id) return false;
  interrupted_ = id;
  meter_.note_interrupt();
  return true;
}

void Workbench::skip() {
  const auto job = meter_.state().job;
  if (!job) return;
  skipped_ = *job;
  meter_.note_skip();
}

std::optional<Preview> Workbench::preview() const {
  const std::lock_guard lock(mutex_);
  return preview_;
}

LoadedModel Workbench::loaded() const {
  const std::lock_guard lock(mutex_);
  return loaded_;
}

}  // namespace fude::service
