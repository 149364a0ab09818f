#include "service/job_runner.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <ctime>
#include <new>
#include <set>
#include <utility>

#include "core/error.h"
#include "io/images/png_file.h"
#include "models/detect.h"
#include "pipelines/infotext.h"
#include "pipelines/live_preview.h"
#include "pipelines/merge_request.h"
#include "pipelines/output_files.h"
#include "pipelines/picture_file.h"
#include "pipelines/picture_jobs.h"
#include "pipelines/recipe_models.h"
#include "pipelines/request_json.h"
#include "pipelines/text_to_image.h"
#include "pipelines/upscale_order.h"
#include "pipelines/word_expansion.h"
#include "prompt/networks.h"
#include "service/job_kinds.h"
#include "service/missing_pictures.h"
#include "service/request_sources.h"
#include "service/saving_settings.h"
#include "service/upscaled_file.h"
#include "weights/state_dict.h"

namespace fude::service {
namespace {

using Clock = std::chrono::steady_clock;
using pipelines::GenerationRequest;

/// Thrown on the thread to leave a job for the next start.
struct Stopped {};

bool is_nearly_full(const std::filesystem::path& folder, std::int64_t least_free) {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(folder, error);
  return !error && space.available < static_cast<std::uintmax_t>(least_free);
}

// What is not an Error of ours is turned into one here, once.
JobEnd end_by_current_exception() {
  try {
    throw;
  } catch (const Error& error) {
    return {.state = error.code() == ErrorCode::kCancelled ? JobState::kCancelled : JobState::kFailed,
            .error_code = error.code(),
            .error = error.what()};
  } catch (const std::bad_alloc&) {
    return {.state = JobState::kFailed,
            .error_code = ErrorCode::kOutOfResources,
            .error = "memory is exhausted; try a smaller picture or batch"};
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    const bool is_memory = text.find("out of memory") != std::string::npos;
    return {.state = JobState::kFailed,
            .error_code = is_memory ? ErrorCode::kOutOfResources : ErrorCode::kUnsupportedModel,
            .error = printable(text, 500)};
  } catch (const std::exception& error) {
    return {.state = JobState::kFailed, .error_code = ErrorCode::kInvalidArgument, .error = printable(error.what())};
  }
}

std::string family_of(const pipelines::ModelLibrary& library, const std::string& model) {
  return models::detect(weights::index_of(library.open_checkpoint(model).file)).family;
}

bool is_there(const pipelines::ModelLibrary& library, const prompt::NetworkTag& tag) {
  try {
    if (tag.kind == "hypernet") {
      library.find_hypernetwork(tag.name);
    } else {
      library.find_lora(tag.name);
    }
    return true;
  } catch (const Error&) {
    return false;
  }
}

// Those that have a file; the others are warned of.
std::vector<std::string> network_names(const pipelines::ModelLibrary& library, const GenerationRequest& request) {
  std::vector<std::string> names;
  for (const prompt::NetworkTag& tag : prompt::extract_networks(request.prompt).networks) {
    if (is_there(library, tag)) names.push_back(tag.name);
  }
  return names;
}

std::set<int> finished(const std::vector<JobPicture>& pictures) {
  std::set<int> indices;
  for (const JobPicture& picture : pictures) {
    if (picture.picture) indices.insert(picture.index);
  }
  return indices;
}

// Pages that look on from elsewhere are told where a file lies within the data folder, not on the machine.
std::string without_folder(std::string message, const std::filesystem::path& folder) {
  const std::string begin = folder.string() + "/";
  for (std::size_t at = message.find(begin); at != std::string::npos; at = message.find(begin, at)) {
    message.erase(at, begin.size());
  }
  return message;
}

}  // namespace

/// One job on its way.
class JobRunner::PictureRun {
 public:
  PictureRun(JobRunner& runner, const Job& job) : runner_(runner), job_(job) {}

  void run() {
    GenerationRequest request = pipelines::parse_request(job_.request).request;
    give_sources(request, runner_.parts_.sources.read(job_.id));
    normalise(request);
    resolve_seeds(request);
    pipelines::PictureJobs jobs =
        pipelines::expand_words(std::move(request), pipelines::WordFiles::of_data_dir(runner_.parts_.data_dir));
    warn(jobs.warnings);
    const std::set<int> done = finished(runner_.parts_.queue.pictures_of(job_.id));
    missing_ = missing_pictures(jobs.requests, done);
    pictures_wanted_ = jobs.picture_count();
    runner_.parts_.queue.set_pictures_wanted(job_.id, pictures_wanted_);
    runner_.meter_.plan(jobs.picture_count(), static_cast<int>(done.size()), missing_.batch_count());
    if (missing_.requests.empty()) return;
    make();
  }

 private:
  void make() {
    pipelines::PictureModel& model = runner_.take_model(missing_.requests.front());
    runner_.tell_loaded([&](LoadedModel& loaded) {
      loaded.adapters = network_names(runner_.parts_.library, missing_.requests.front());
    });
    every_steps_ = runner_.parts_.settings.whole("show_progress_every_n_steps");
    pipelines::TextToImageEvents events{
        .on_step = [this](int done, int total) { count(done, total); },
        .on_warning = [this](const std::string& warning) { warn({warning}); },
        .continuation = [this] { return continuation(); },
        .on_picture = [&](const pipelines::FinishedPicture& picture,
                          const pipelines::StageSeconds&) { save(model, picture); },
    };
    if (runner_.parts_.settings.truth("live_previews_enable") && every_steps_ > 0) {
      events.on_denoised = [this, draw = pipelines::preview_drawer(runner_.parts_.library, model)](
                               const at::Tensor& denoised) { show(draw, denoised); };
    }
    enter("words");
    pipelines::run_picture_jobs(model, missing_.requests, events);
  }

  void enter(const std::string& stage) {
    runner_.meter_.enter(stage);
    runner_.publish_progress(/*is_urgent=*/true);
  }

  void warn(std::vector<std::string> warnings) {
    for (std::string& warning : warnings) warning = without_folder(std::move(warning), runner_.parts_.data_dir);
    runner_.parts_.queue.add_warnings(job_.id, warnings);
  }

  pipelines::Continuation continuation() const {
    runner_.check_going_on(job_);
    if (runner_.interrupted_ == job_.id) return pipelines::Continuation::kEndJob;
    JobId id = job_.id;
    const bool is_skipped = runner_.skipped_.compare_exchange_strong(id, 0);
    return is_skipped ? pipelines::Continuation::kEndBatch : pipelines::Continuation::kGoOn;
  }

  void count(int done, int total) {
    runner_.meter_.count_steps(done, total);
    runner_.publish_progress(/*is_urgent=*/false);
    runner_.check_going_on(job_);
  }

  void show(const pipelines::PreviewDrawer& draw, const at::Tensor& denoised) {
    const auto now = Clock::now();
    if (steps_seen_++ % every_steps_ != 0 || now < next_preview_) return;
    const std::vector<std::byte> bytes = io::encode_png(draw(denoised));
    // Twice a second, and at most a tenth of the time.
    const auto spent = Clock::now() - now;
    next_preview_ = Clock::now() + std::max<Clock::duration>(std::chrono::milliseconds(500), 9 * spent);
    std::uint64_t version = 0;
    {
      const std::lock_guard lock(runner_.mutex_);
      version = ++runner_.previews_;
      runner_.preview_ = Preview{.bytes = bytes, .type = "image/png", .version = version};
    }
    runner_.meter_.note_preview(version);
    runner_.parts_.events.publish(PreviewChanged{.job = job_.id, .version = version});
  }

  pipelines::NamingFacts naming_facts(const pipelines::FinishedPicture& picture, int index) const {
    const pipelines::GenerationRequest& request = picture.request;
    const bool has_seeds_in_a_row = request.subseed_strength == 0;
    const std::int64_t first = has_seeds_in_a_row ? request.seed - index : request.seed;
    return {.infotext = pipelines::parse_infotext(picture.infotext),
            .seed = request.seed,
            .seed_first = first,
            .seed_last = has_seeds_in_a_row ? first + pictures_wanted_ - 1 : request.seed,
            .batch_size = pipelines::pictures_of_batch(request),
            .batch_number = index % pipelines::pictures_of_batch(request) + 1,
            .generation_number = index + 1,
            .generation_count = pictures_wanted_,
            .styles = request.styles,
            .saved_at = std::time(nullptr),
            .job_started_at = job_.started_at / 1000,
            .pixels = std::as_bytes(std::span(picture.image.pixels))};
  }

  void save_into_gallery(const pipelines::FinishedPicture& picture, const pipelines::EncodedPicture& encoded, int index,
                         const pipelines::SavingOptions& options) {
    const pipelines::NamingFacts facts = naming_facts(picture, index);
    const std::filesystem::path base = runner_.parts_.settings.text("outdir_txt2img_samples");
    const PictureId id = runner_.parts_.pictures.save({.job = job_.id,
                                                       .index = index,
                                                       .name = {.stem = saving_name(options, facts),
                                                                .ending = std::string(file_ending(encoded.format)),
                                                                .is_numbered = options.is_numbered},
                                                       .bytes = encoded.bytes},
                                                      base / saving_folder(options, facts));
    if (picture.init) write_init_picture(runner_.parts_.data_dir / "outputs" / "init-images", *picture.init);
    if (!options.writes_text_file && !options.writes_small_copy && picture.copies.empty()) return;
    const std::filesystem::path path = runner_.parts_.pictures.path_of(id);
    write_companions(path, picture.image, picture.infotext, options);
    write_copies(path, picture.copies, picture.infotext, options);
  }

  void save(const pipelines::PictureModel& model, const pipelines::FinishedPicture& picture) {
    enter("saving");
    const int index = missing_.indices.at(static_cast<std::size_t>(picture.index));
    const pipelines::SavingOptions options = saving_options(runner_.parts_.settings);
    pipelines::EncodedPicture encoded = encode_picture_as(picture, options);
    if (job_.saves_pictures) {
      save_into_gallery(picture, encoded, index, options);
    } else {
      runner_.parts_.results.add(job_.id, {.index = index,
                                           .bytes = std::move(encoded.bytes),
                                           .infotext = picture.infotext,
                                           .seed = picture.request.seed,
                                           .subseed = picture.request.subseed});
      runner_.parts_.queue.count_picture(job_.id);
    }
    // Known by now: the picture's text has it.
    runner_.tell_loaded([&](LoadedModel& loaded) { loaded.hash = model.hash.digits(); });
    runner_.meter_.count_picture();
    enter("decoding");
    runner_.check_going_on(job_);
  }

  JobRunner& runner_;
  const Job& job_;
  MissingPictures missing_;
  int pictures_wanted_ = 1;
  std::int64_t every_steps_ = 1;
  std::int64_t steps_seen_ = 0;
  Clock::time_point next_preview_ = {};
};

JobRunner::JobRunner(const RunnerParts& parts)
    : parts_(parts), models_(parts.library, parts.engine), thread_([this] { work(); }) {}

JobRunner::~JobRunner() {
  is_stopping_ = true;
  parts_.queue.wake();
  thread_.join();
}

void JobRunner::work() {
  constexpr std::chrono::seconds kPatience{60}, kPause{1};
  while (!is_stopping_) {
    const std::uint64_t seen = parts_.queue.changes();
    run_tasks();
    if (is_stopping_) break;
    try {
      if (const std::optional<Job> job = parts_.queue.claim_next()) {
        carry_out(*job);
        continue;
      }
    } catch (const Error&) {  // the disk is full, or the database is locked: later
      std::this_thread::sleep_for(kPause);
      continue;
    }
    parts_.queue.wait_for_change(seen, kPatience);
  }
  run_tasks();
}

void JobRunner::carry_out(const Job& job) {
  {
    const std::lock_guard lock(mutex_);
    preview_.reset();
  }
  meter_.begin(job);
  publish_progress(/*is_urgent=*/true);
  JobEnd end;
  bool needs_room = false;
  try {
    require_kind(job.kind);
    if (job.kind == kMergeKind) {
      merge(job);
    } else if (job.kind == kUpscaleKind) {
      upscale(job);
    } else {
      PictureRun(*this, job).run();
    }
    end.was_interrupted = interrupted_ == job.id;
  } catch (const Stopped&) {
    parts_.queue.put_back(job.id);
    meter_.end();
    return;
  } catch (...) {
    end = end_by_current_exception();
    end.error = without_folder(std::move(end.error), parts_.data_dir);
    if (end.state == JobState::kCancelled) end = {.state = JobState::kCancelled, .was_interrupted = true};
    if (end.error_code == ErrorCode::kOutOfResources) {
      models_.clear();
      // The jobs that wait would fail one after the other.
      needs_room = is_nearly_full(parts_.data_dir, parts_.least_free);
    }
    if (needs_room) end.error += "; the queue is paused: make room on the disk, then resume it";
  }
  tell_loaded([](LoadedModel& loaded) { loaded.is_loading = false; });
  meter_.end();
  {
    const std::lock_guard lock(mutex_);
    preview_.reset();
  }
  finish(job, end, needs_room);
  publish_progress(/*is_urgent=*/true);
  parts_.sources.tidy();
}

// Until it is stored: a full disk may be emptied, and a job that is still running would never end.
void JobRunner::finish(const Job& job, const JobEnd& end, bool pauses_queue) {
  for (;;) {
    try {
      if (pauses_queue) parts_.queue.pause();
      parts_.queue.finish(job.id, end);
      return;
    } catch (const Error&) {
      if (is_stopping_) return;
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
  }
}

void JobRunner::check_going_on(const Job& job) const {
  if (is_stopping_) throw Stopped();
  if (parts_.queue.is_stopping(job.id)) fail(ErrorCode::kCancelled, "cancelled");
}

void JobRunner::merge(const Job& job) {
  meter_.enter("merging");
  const pipelines::MergeRequest request = pipelines::parse_merge_request(job.request);
  const pipelines::RecipeModels models = pipelines::open_recipe(request.recipe, parts_.library);
  const merging::MergeReport report = merging::merge_models(
      models.parents, models.options, pipelines::merged_model_place(request.name, parts_.library),
      {.on_progress = [&](std::string_view, std::size_t done, std::size_t total) {
        check_going_on(job);
        if (interrupted_ == job.id) fail(ErrorCode::kCancelled, "interrupted");
        meter_.note_share(total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total));
        publish_progress(/*is_urgent=*/false);
      }});
  parts_.queue.add_warnings(job.id, report.warnings);
  parts_.on_new_model();
}

void JobRunner::upscale(const Job& job) {
  meter_.enter("upscaling");
  parts_.queue.set_pictures_wanted(job.id, 1);
  if (!finished(parts_.queue.pictures_of(job.id)).empty()) return;
  const std::vector<std::byte> bytes =
      upscaled_file(pipelines::parse_upscale_order(job.request, upscaled_source(parts_.sources.read(job.id))),
                    {.library = parts_.library, .engine = parts_.engine, .outputs = parts_.data_dir / "outputs"},
                    [&](std::int64_t done, std::int64_t total) {
                      check_going_on(job);
                      if (interrupted_ == job.id) fail(ErrorCode::kCancelled, "interrupted");
                      meter_.note_share(total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total));
                      publish_progress(/*is_urgent=*/false);
                    });
  meter_.enter("saving");
  parts_.pictures.save(
      {.job = job.id, .index = 0, .name = {.stem = "upscaled", .ending = ".png", .is_numbered = true}, .bytes = bytes},
      picture_folder("extras-images"));
}

// Below the outputs folder.
std::filesystem::path JobRunner::picture_folder(const std::string& base) const {
  if (!parts_.settings.truth("save_to_dirs")) return base;
  return pipelines::dated_output_folder(parts_.data_dir, base).lexically_relative(parts_.data_dir / "outputs");
}

pipelines::PictureModel& JobRunner::take_model(const GenerationRequest& request) {
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

void JobRunner::on_thread(std::function<void()> task) {
  std::packaged_task<void()> packaged(std::move(task));
  std::future<void> done = packaged.get_future();
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(packaged));
  }
  parts_.queue.wake();
  done.get();
}

void JobRunner::run_tasks() {
  for (;;) {
    std::packaged_task<void()> task;
    {
      const std::lock_guard lock(mutex_);
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

void JobRunner::load(const GenerationRequest& request) {
  on_thread([&] {
    try {
      take_model(request);
    } catch (...) {
      tell_loaded([](LoadedModel& loaded) { loaded.is_loading = false; });
      throw;
    }
  });
}

void JobRunner::unload() {
  on_thread([this] {
    models_.clear();
    tell_loaded([](LoadedModel& loaded) { loaded = {}; });
  });
}

void JobRunner::tell_loaded(const std::function<void(LoadedModel&)>& change) {
  bool is_changed = false;
  {
    const std::lock_guard lock(mutex_);
    const LoadedModel before = loaded_;
    change(loaded_);
    is_changed = !(loaded_ == before);
  }
  if (is_changed) parts_.events.publish(ModelChanged{});
}

void JobRunner::publish_progress(bool is_urgent) {
  constexpr std::chrono::milliseconds kPause{100};
  const auto now = Clock::now();
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

void JobRunner::interrupt() {
  if (const auto job = meter_.state().job) interrupt(*job);
}

bool JobRunner::interrupt(JobId id) {
  if (meter_.state().job != id) return false;
  interrupted_ = id;
  meter_.note_interrupt();
  return true;
}

void JobRunner::skip() {
  const auto job = meter_.state().job;
  if (!job) return;
  skipped_ = *job;
  meter_.note_skip();
}

std::optional<Preview> JobRunner::preview() const {
  const std::lock_guard lock(mutex_);
  return preview_;
}

LoadedModel JobRunner::loaded() const {
  const std::lock_guard lock(mutex_);
  return loaded_;
}

}  // namespace fude::service
