#include "service/studio.h"

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/platform/folder_lock.h"
#include "core/platform/mapped_file.h"
#include "core/platform/processors.h"
#include "core/platform/writing.h"
#include "pipelines/engine_options.h"
#include "pipelines/infotext.h"
#include "pipelines/loopback_request.h"
#include "pipelines/merge_request.h"
#include "pipelines/model_catalog.h"
#include "pipelines/model_library.h"
#include "pipelines/picture_preparation.h"
#include "pipelines/recipe_models.h"
#include "pipelines/request_json.h"
#include "pipelines/request_upscalers.h"
#include "pipelines/stored_text.h"
#include "pipelines/upscale_order.h"
#include "pipelines/upscaler_library.h"
#include "pipelines/word_expansion.h"
#include "service/comparison_job.h"
#include "service/film_store.h"
#include "service/folder_job.h"
#include "service/gallery.h"
#include "service/job_kinds.h"
#include "service/job_runner.h"
#include "service/job_settings.h"
#include "service/job_sources.h"
#include "service/picture_run.h"
#include "service/request_sources.h"
#include "service/verifications.h"

namespace fude::service {
namespace {

namespace fs = std::filesystem;
using pipelines::GenerationRequest;

fs::path made(const fs::path& folder) {
  platform::make_folder(folder);
  return fs::canonical(folder);
}

platform::FolderLock locked(const fs::path& folder) {
  try {
    return platform::FolderLock(folder);
  } catch (const Error& error) {
    if (!std::ofstream(folder / ".lock", std::ios::app)) throw;  // it is not locked, but may not be written to
    fail(error.code(),
         "data folder '{}' is in use: another studio works on it; end that one, or choose another "
         "--data-dir",
         printable(folder.string()));
  }
}

std::int64_t seed_in(const pipelines::Infotext& infotext, std::string_view key) {
  const pipelines::InfotextValue* value = infotext.find(key);
  const auto* seed = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
  if (seed != nullptr) return *seed;
  return value == nullptr ? 0 : std::strtoll(pipelines::to_text(*value).c_str(), nullptr, 10);
}

// That the models are there and fit the method is better said now than when the job's turn comes.
void require_mergeable(const pipelines::MergeRequest& request, const pipelines::ModelLibrary& library) {
  pipelines::open_recipe(request.recipe, library);
  const fs::path place = pipelines::merged_model_place(request.name, library);
  std::error_code unknown;
  if (!fs::exists(place, unknown)) return;
  fail(ErrorCode::kInvalidArgument, "name is '{}', expected another: there is such a model already",
       printable(request.name, 60));
}

void require_models(const GenerationRequest& request, const pipelines::ModelLibrary& library) {
  library.find_checkpoint(request.model);
  if (!request.refiner.empty()) library.find_checkpoint(request.refiner);
  if (request.enable_hr && !request.hr_checkpoint.empty()) library.find_checkpoint(request.hr_checkpoint);
  if (request.vae != "Automatic" && request.vae != "None") library.find_autoencoder(request.vae);
  require_upscalers(request, library);
}

MadePicture read_picture(const fs::path& file, const JobPicture& picture) {
  const auto mapped = platform::MappedFile::open(file);
  const std::span<const std::byte> bytes = mapped->bytes();
  MadePicture made{.index = picture.index, .bytes = {bytes.begin(), bytes.end()}, .picture = picture.picture};
  made.infotext = pipelines::read_stored_text(bytes, picture.file).infotext.value_or("");
  const pipelines::Infotext infotext = pipelines::parse_infotext(made.infotext);
  made.seed = seed_in(infotext, "Seed");
  made.subseed = seed_in(infotext, "Variation seed");
  return made;
}

}  // namespace

/// In the order in which they need each other.
class Studio::Parts {
 public:
  explicit Parts(StudioOptions wanted)
      : options(std::move(wanted)),
        data_dir(made(options.data_dir)),
        lock(locked(data_dir)),
        engine(pipelines::prepare_engine({.device = options.device,
                                          .precision = options.precision,
                                          .memory = options.memory,
                                          .threads = options.threads})),
        library(pipelines::ModelLibrary::of_data_dir(data_dir).confined()),
        catalog(library),
        database(data_dir / "fude.db"),
        settings(database, events),
        gallery(database, data_dir / "outputs"),
        queue(database, events),
        sources(data_dir / "job-pictures", queue),
        folders(data_dir),
        pictures(fs::canonical(data_dir / "outputs"), gallery, queue),
        results(kUnsavedJobs),
        failures(database, events),
        verifications(database),
        films(data_dir / "films") {
    if (!database.repair().empty()) take_in_files();
    queue.recover([this](const JobPicture& picture) { return pictures.adopt(picture); });
    runner = std::make_unique<JobRunner>(RunnerParts{.queue = queue,
                                                     .events = events,
                                                     .settings = settings,
                                                     .sources = sources,
                                                     .folders = folders,
                                                     .pictures = pictures,
                                                     .results = results,
                                                     .failures = failures,
                                                     .gallery = gallery,
                                                     .verifications = verifications,
                                                     .films = films,
                                                     .pace = pace,
                                                     .library = library,
                                                     .data_dir = data_dir,
                                                     .engine = engine,
                                                     .model_memory_budget = options.model_memory_budget,
                                                     .least_free = options.least_free_disk,
                                                     .on_new_model = [this] { forget_models(); }});
  }

  Job submit_verification(NewJob job) {
    const pipelines::VerificationRequest request = pipelines::parse_verification_request(job.request);
    if (!gallery.find(request.picture)) fail(ErrorCode::kNotFound, "there is no picture {}", request.picture);
    job.pictures_wanted = 0;
    return queue.submit(job);
  }

  Job submit_upscale(NewJob job) {
    const pipelines::UpscaleOrder order = pipelines::parse_upscale_order(job.request);
    job.pictures_wanted = 1;
    if (order.image) pipelines::decode_source(order.image, "image");
    const pipelines::UpscalerLibrary upscalers(library, /*takes_paths=*/false);
    upscalers.require(order.request.upscaler);
    upscalers.require(order.request.second_upscaler);
    job.request = pipelines::without_picture(job.request);
    return sources.submit(job, upscale_sources(order.image));
  }

  Job submit_folder(NewJob job) {
    std::vector<std::string> warnings;
    FolderWork work = plan_folder_work(
        pipelines::parse_folder_order(job.request, settings.with_settings(pipelines::api_request()), &warnings),
        folders);
    job.warnings.insert(job.warnings.end(), warnings.begin(), warnings.end());
    return submit_work(job, std::move(work));
  }

  Job submit_work(const NewJob& job, FolderWork work) {
    JobSettings(settings, work.order.saving);  // throws for wrong ones
    require_models(work.order.request, library);
    resolve_seeds(work.order.request);
    std::vector<Source> stored;
    const NewJob folder = folder_job(job, work, stored);
    return sources.submit(folder, stored);
  }

  // `given`: the pictures that a stored order was parted from.
  Job submit_comparison(const NewJob& job, const std::vector<Source>& given = {}) {
    CheckedComparison checked = checked_comparison(job, comparison_place(), given);
    return sources.submit(std::move(checked.job), checked.sources);
  }

  Job submit_pictures(const NewJob& job, GenerationRequest request,
                      const std::optional<pipelines::Loopback>& loopback) {
    normalise(request);
    check_pictures(request);
    if (loopback) check_loopback(request, *loopback);
    JobSettings(settings, job.saving);  // throws for wrong ones
    resolve_seeds(request);
    require_models(request, library);
    const pipelines::PictureJobs jobs = pipelines::expand_words(request, pipelines::WordFiles::of_data_dir(data_dir));
    NewJob checked = job;
    checked.pictures_wanted = jobs.picture_count() * (loopback ? loopback->loops : 1);
    checked.warnings.insert(checked.warnings.end(), jobs.warnings.begin(), jobs.warnings.end());
    const std::vector<Source> stored = take_sources(request);
    checked.request = pipelines::request_to_json(request, job.saving, loopback);
    return sources.submit(std::move(checked), stored);
  }

  // The files know more than what was saved of the rows, unless their disk is away.
  void take_in_files() {
    try {
      gallery.rescan();
    } catch (const Error&) {
    }
  }

  void forget_models() {
    catalog.forget();
    events.publish(ModelChanged{});
  }

  ComparisonPlace comparison_place() const {
    return {.settings = settings, .library = library, .data_dir = data_dir, .pace = pace};
  }

  StudioOptions options;
  fs::path data_dir;
  platform::FolderLock lock;
  pipelines::EngineOptions engine;
  pipelines::ModelLibrary library;
  pipelines::ModelCatalog catalog;
  EventHub events;
  Database database;
  SettingsStore settings;
  Gallery gallery;
  JobQueue queue;
  JobSources sources;
  InputFolders folders;
  PictureStore pictures;
  KeptResults results;
  JobFailures failures;
  Verifications verifications;
  FilmStore films;
  Pace pace;
  std::unique_ptr<JobRunner> runner;
};

Studio::Studio(StudioOptions options) : parts_(std::make_unique<Parts>(std::move(options))) {}

Studio::~Studio() {
  parts_->events.close();
  parts_->runner.reset();
  parts_->queue.close();
}

const StudioOptions& Studio::options() const { return parts_->options; }
JobQueue& Studio::queue() { return parts_->queue; }
Gallery& Studio::gallery() { return parts_->gallery; }
EventHub& Studio::events() { return parts_->events; }
SettingsStore& Studio::settings() { return parts_->settings; }
const Verifications& Studio::verifications() const { return parts_->verifications; }
const FilmStore& Studio::films() const { return parts_->films; }
int Studio::empty_bin() {
  return parts_->gallery.empty_bin([this](const Picture& picture) { parts_->films.remove(picture); });
}
const pipelines::ModelLibrary& Studio::library() const { return parts_->library; }
const std::string& Studio::repair() const { return parts_->database.repair(); }
std::string Studio::notice() const {
  const std::string incident = parts_->database.incident();
  return incident.empty() ? repair() : incident;
}
fs::path Studio::outputs_folder() const { return parts_->data_dir / "outputs"; }

Job Studio::submit(const NewJob& job) {
  require_kind(job.kind);
  if (job.kind == kMergeKind) {
    require_mergeable(pipelines::parse_merge_request(job.request), parts_->library);
    NewJob merge = job;
    merge.pictures_wanted = 0;
    return parts_->queue.submit(merge);
  }
  if (job.kind == kUpscaleKind) return parts_->submit_upscale(job);
  if (job.kind == kVerifyKind) return parts_->submit_verification(job);
  if (job.kind == kCompareKind) return parts_->submit_comparison(job);
  if (job.kind == kFolderKind) return parts_->submit_folder(job);
  pipelines::ParsedRequest parsed =
      pipelines::parse_request(job.request, parts_->settings.with_settings(pipelines::api_request()));
  NewJob checked = job;
  checked.warnings.insert(checked.warnings.end(), parsed.warnings.begin(), parsed.warnings.end());
  if (parsed.outpainting) {
    resolve_seeds(parsed.request);  // the ground is drawn by the seed
    parsed.request = pipelines::outpainting_request(std::move(parsed.request), *parsed.outpainting);
  }
  checked.saving = std::move(parsed.saving);
  return parts_->submit_pictures(checked, std::move(parsed.request), parsed.loopback);
}

Job Studio::submit(const NewJob& job, GenerationRequest request) {
  require_kind(job.kind);
  return parts_->submit_pictures(job, std::move(request), std::nullopt);
}

Job Studio::repeat(JobId id, bool has_new_seeds) {
  const Job old = parts_->queue.find(id);
  if (old.kind == kMergeKind) return submit({.kind = old.kind, .request = old.request, .origin = old.origin});
  if (old.kind == kCompareKind && has_new_seeds) {
    return parts_->submit_comparison({.kind = old.kind, .request = old.request, .origin = old.origin},
                                     parts_->sources.read(id));
  }
  if (old.kind == kFolderKind && has_new_seeds) {
    FolderWork work = read_folder_work(old, parts_->sources.read(id));
    work.order.request.seed = work.order.request.subseed = -1;
    return parts_->submit_work({.priority = old.priority, .origin = old.origin}, std::move(work));
  }
  if (old.kind != kTextToImageKind || !has_new_seeds) return parts_->sources.repeat(id);
  pipelines::ParsedRequest parsed = pipelines::parse_request(old.request);
  give_sources(parsed.request, parts_->sources.read(id));
  parsed.request.seed = parsed.request.subseed = -1;
  return parts_->submit_pictures({.kind = old.kind,
                                  .priority = old.priority,
                                  .origin = old.origin,
                                  .saves_pictures = old.saves_pictures,
                                  .saving = std::move(parsed.saving)},
                                 std::move(parsed.request), parsed.loopback);
}

Job Studio::resume(JobId id) {
  const Job old = parts_->queue.find(id);
  if (old.kind != kFolderKind || !has_ended(old.state)) {
    fail(ErrorCode::kInvalidArgument, "job {} is {} and of kind {}, expected an ended one of kind {}", id,
         name_of(old.state), printable(old.kind, 40), kFolderKind);
  }
  FolderWork work = read_folder_work(old, parts_->sources.read(id));
  work.done.merge(finished_indices(parts_->queue.pictures_of(id)));
  if (work.missing() == 0) fail(ErrorCode::kInvalidArgument, "job {} has made all of its pictures", id);
  return parts_->submit_work({.priority = old.priority, .origin = old.origin}, std::move(work));
}

const InputFolders& Studio::input_folders() const { return parts_->folders; }

ComparisonOutline Studio::outline_comparison(std::string_view order) const {
  return service::outline_comparison(order, parts_->comparison_place());
}

ComparisonSheet Studio::comparison_sheet(JobId id) const {
  return service::comparison_sheet(parts_->queue.find(id), parts_->queue, parts_->failures, parts_->gallery,
                                   parts_->data_dir);
}

Job Studio::wait(JobId id, const Cancellation& cancellation) { return parts_->queue.wait(id, cancellation); }

std::vector<MadePicture> Studio::results(JobId id) {
  if (!parts_->queue.find(id).saves_pictures) return parts_->results.take(id);
  std::vector<MadePicture> made;
  for (const JobPicture& picture : parts_->queue.pictures_of(id)) {
    const auto row = picture.picture ? parts_->gallery.find(*picture.picture) : std::nullopt;
    if (row) made.push_back(read_picture(parts_->gallery.path_of(*row), picture));
  }
  for (MadePicture& kept : parts_->results.take(id)) {  // what goes behind the pictures, which is in no gallery
    const auto picture = std::ranges::find(made, kept.index, &MadePicture::index);
    if (picture != made.end()) picture->copies = std::move(kept.copies);
  }
  return made;
}

void Studio::interrupt() { parts_->runner->interrupt(); }
bool Studio::interrupt(JobId id) { return parts_->runner->interrupt(id); }
void Studio::skip() { parts_->runner->skip(); }
Job Studio::cancel(JobId id) {
  Job job = parts_->queue.cancel(id);
  if (has_ended(job.state)) parts_->sources.tidy();  // with it the oldest ended job may have been forgotten
  return job;
}
RunningState Studio::running() const { return parts_->runner->running(); }
std::optional<Preview> Studio::preview() const { return parts_->runner->preview(); }

LoadedModel Studio::loaded() const {
  LoadedModel loaded = parts_->runner->loaded();
  loaded.checkpoint = parts_->settings.text("sd_model_checkpoint");
  loaded.vae = parts_->settings.text("sd_vae");
  return loaded;
}

void Studio::load_model(const std::string& name, const std::string& vae) {
  GenerationRequest request = parts_->settings.with_settings(pipelines::api_request());
  request.model = name;
  if (!vae.empty()) request.vae = vae;
  normalise(request);
  parts_->runner->load(request);
  parts_->settings.set({{"sd_model_checkpoint", name}, {"sd_vae", request.vae}});
}

void Studio::unload_model() { parts_->runner->unload(); }

pipelines::ModelCatalog& Studio::catalog() const { return parts_->catalog; }

void Studio::refresh_models() { parts_->forget_models(); }

std::string Studio::device_name() const { return parts_->engine.device.str(); }
std::string Studio::precision_name() const { return pipelines::precision_name(parts_->engine); }

int Studio::thread_count() const {
  return parts_->options.threads > 0 ? parts_->options.threads : platform::available_cores();
}

}  // namespace fude::service
