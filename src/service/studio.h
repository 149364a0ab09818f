#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancellation.h"
#include "pipelines/generation_request.h"
#include "service/events.h"
#include "service/input_folders.h"
#include "service/job_queue.h"
#include "service/loaded_model.h"
#include "service/made_picture.h"
#include "service/running_state.h"
#include "service/settings_store.h"

namespace fude::pipelines {
class ModelCatalog;
class ModelLibrary;
}  // namespace fude::pipelines

namespace fude::service {

struct ComparisonOutline;
struct ComparisonSheet;
class FilmStore;
class Gallery;
class Verifications;

struct StudioOptions {
  std::filesystem::path data_dir;
  std::string device = "auto";  // as pipelines/engine_options.h has them
  std::string precision = "auto";
  std::string memory = "auto";           // as pipelines/memory_plan.h has it
  int threads = 0;                       // processor threads; 0: all cores
  std::int64_t model_memory_budget = 0;  // bytes that models kept for later may take; 0: half of what is free
  // Bytes of the disk: a job that fails for want of room while fewer are free pauses the queue.
  std::int64_t least_free_disk = std::int64_t{16} << 20;
};

/// The whole studio on one data folder: queue, gallery, settings, and the thread that makes the pictures. Only one
/// program at a time can have a data folder. Everything is safe in any thread.
class Studio {
 public:
  /// Opens the data folder, brings what an earlier run left into order and begins to work. Returns at once: models load
  /// when they are first wanted. Throws Error: kInvalidArgument (another studio has the folder, an unknown device,
  /// ...), and as Database.
  explicit Studio(StudioOptions options);
  /// Stops at the next step. The running job goes on when the folder is opened again.
  ~Studio();
  Studio(const Studio&) = delete;
  Studio& operator=(const Studio&) = delete;

  const StudioOptions& options() const;
  JobQueue& queue();
  Gallery& gallery();
  EventHub& events();
  SettingsStore& settings();
  const Verifications& verifications() const;
  const FilmStore& films() const;
  /// Gallery::empty_bin(), and the films of the pictures that went.
  int empty_bin();
  const pipelines::ModelLibrary& library() const;
  std::filesystem::path outputs_folder() const;
  /// What was done about a damaged database when the folder was opened, one line; empty: it was whole.
  const std::string& repair() const;
  /// What the user should know about the data folder, one line: as repair(), or that the database was deleted and put
  /// back since then; empty: all is well.
  std::string notice() const;

  /// Checks a request, fills in settings and seeds, and stores it. The job's request then has every knob.
  /// Throws Error: kInvalidArgument (naming the member), kNotFound (a style), kCorruptFile (no JSON).
  Job submit(const NewJob& job);
  /// The same for a request that is already a value; `job.request` is not read.
  Job submit(const NewJob& job, pipelines::GenerationRequest request);

  /// A job once more; with other seeds, or the same ones.
  Job repeat(JobId id, bool has_new_seeds);

  /// What a comparison would come to, as it is being written; see comparison_job.h.
  ComparisonOutline outline_comparison(std::string_view order) const;
  /// How a job of kind "compare" stands. Throws Error: kNotFound, kInvalidArgument (another kind of job).
  ComparisonSheet comparison_sheet(JobId id) const;

  /// What an ended job over a folder has not made, as a new job. Throws Error: kNotFound, kInvalidArgument (nothing is
  /// missing; it has not ended, or is of another kind).
  Job resume(JobId id);
  /// Where such jobs find their pictures.
  const InputFolders& input_folders() const;

  /// Waits until a job has ended. Throws Error as JobQueue::wait().
  Job wait(JobId id, const Cancellation& cancellation);

  /// The pictures of a job so far. Those that were not saved are kept for who waits only: they are handed out once, and
  /// those of kUnsavedJobs jobs at most. Throws Error(kNotFound): no such job.
  std::vector<MadePicture> results(JobId id);
  static constexpr int kUnsavedJobs = 16;

  /// The running job ends now; what it was drawing is kept as an unfinished picture, made from what the last step
  /// expected.
  void interrupt();
  /// The same, but only when it is this job that runs. False: it is not.
  bool interrupt(JobId id);
  /// The running batch ends that way, and the next one begins.
  void skip();
  /// Waiting: never begun. Running: ended now; only what is finished stays.
  Job cancel(JobId id);

  RunningState running() const;
  std::optional<Preview> preview() const;

  LoadedModel loaded() const;
  /// Makes a model and an autoencoder the ones for requests that name none, loads them, and waits for that. Throws
  /// Error as load_picture_model().
  void load_model(const std::string& name, const std::string& vae);
  /// Frees the memory of all models; the running job ends first.
  void unload_model();

  /// What lies in the models folder now.
  pipelines::ModelCatalog& catalog() const;
  /// Has the headers of all files there read anew, and tells the pages.
  void refresh_models();

  /// What pictures are computed on and in: "cpu" and "bf16".
  std::string device_name() const;
  std::string precision_name() const;
  int thread_count() const;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace fude::service
