#include "service/folder_run.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "core/error.h"
#include "pipelines/file_name.h"
#include "pipelines/word_expansion.h"
#include "service/folder_job.h"
#include "service/live_view.h"
#include "service/missing_pictures.h"
#include "service/picture_run.h"
#include "service/picture_saver.h"

namespace fude::service {
namespace {

using pipelines::GenerationRequest;

constexpr int kMostWarnings = 50;  // of single pictures: each is a line that pages show

class FolderRun {
 public:
  FolderRun(Workbench& bench, const Job& job)
      : bench_(bench),
        job_(job),
        work_(read_folder_work(job, bench.parts().sources.read(job.id))),
        wanted_(work_.missing()),
        view_(bench, job),
        saver_(bench, job, wanted_, work_.order.saving) {}

  void run() {
    const std::set<int> made = finished_indices(bench_.parts().queue.pictures_of(job_.id));
    const int made_before = static_cast<int>(made.size());
    work_.done.insert(made.begin(), made.end());
    bench_.meter().plan(wanted_, made_before, std::max(1, work_.missing() / pictures_of_batch(work_.order.request)));
    to_make_ = left_ = work_.missing();
    const pipelines::FolderOutcome outcome =
        go_over(open_folder(work_, bench_.parts().folders), work_.order.request,
                {.is_done = [this](std::size_t place) { return is_done(place); },
                 .make = [this](std::size_t place, const GenerationRequest& request) { make(place, request); },
                 .on_warning = [this](const std::string& warning) { pass_over(warning); }});
    if (warnings_ > kMostWarnings) {
      bench_.warn(job_, {fmt::format("{} more pictures are passed over", warnings_ - kMostWarnings)});
    }
    if (outcome.failures.empty() || outcome.made + outcome.done_before > 0) return;
    fail(ErrorCode::kCorruptFile, "none of {} pictures could be used, the first is {}", work_.names.size(),
         outcome.failures.front());
  }

 private:
  // The results of a picture that are there, from 0.
  std::set<int> done_of(std::size_t place) const {
    const int first = static_cast<int>(place) * work_.results_each();
    std::set<int> done;
    for (auto it = work_.done.lower_bound(first); it != work_.done.end() && *it < first + work_.results_each(); ++it) {
      done.insert(*it - first);
    }
    return done;
  }

  bool is_done(std::size_t place) const { return std::ssize(done_of(place)) == work_.results_each(); }

  void pass_over(const std::string& warning) {
    if (++warnings_ <= kMostWarnings) bench_.warn(job_, {warning});
    left_ -= work_.results_each();
    check_going_on();
  }

  void check_going_on() const {
    bench_.check_going_on(job_);
    // What is half made would count as done when the job is resumed.
    if (bench_.is_interrupted(job_)) fail(ErrorCode::kCancelled, "interrupted");
  }

  void make(std::size_t place, const GenerationRequest& request) {
    check_going_on();
    const pipelines::PictureJobs jobs =
        pipelines::expand_words(request, pipelines::WordFiles::of_data_dir(bench_.parts().data_dir));
    bench_.warn(job_, jobs.warnings);
    const MissingPictures missing = missing_pictures(jobs.requests, done_of(place));
    const int coming = static_cast<int>(missing.indices.size());
    make_pictures(bench_, job_, missing.requests, view_,
                  {.on_step = [&](int done, int total) { count(done, total, coming, missing.batch_count()); },
                   .continuation =
                       [this] {
                         check_going_on();
                         return bench_.continuation(job_);
                       },
                   .on_picture =
                       [&](const pipelines::PictureModel& model, const pipelines::FinishedPicture& picture) {
                         return save(place, missing.indices.at(static_cast<std::size_t>(picture.index)), model,
                                     picture);
                       }});
    left_ -= coming;
  }

  // Steps of this picture are those of all that are left, as far as one can know.
  void count(int done, int total, int coming, int batches) {
    const auto steps_each = static_cast<std::int64_t>(total) / coming;
    const std::int64_t before = steps_each * (to_make_ - left_);
    const int steps = std::max(1, total / batches);
    bench_.meter().count_steps(before + done, steps_each * to_make_, (done - 1) % steps + 1, steps);
  }

  std::optional<PictureId> save(std::size_t place, int result, const pipelines::PictureModel& model,
                                const pipelines::FinishedPicture& picture) {
    const int index = static_cast<int>(place) * work_.results_each() + result;
    if (work_.order.output.empty()) {
      return saver_.save(model, picture, index);
    }
    const std::string stem =
        pipelines::file_name_part(std::filesystem::path(work_.names[place]).stem().generic_string());
    const PlaceToSave named{.folder = work_.order.output,
                            .stem = result == 0 ? stem : fmt::format("{}-{}", stem, result + 1)};
    return saver_.save(model, picture, index, named);
  }

  Workbench& bench_;
  const Job& job_;
  FolderWork work_;
  int wanted_;       // results of this job
  int to_make_ = 0;  // of them, when it went on
  int left_ = 0;     // of these, not made and not passed over yet
  int warnings_ = 0;
  LiveView view_;
  PictureSaver saver_;
};

}  // namespace

void run_folder(Workbench& bench, const Job& job) { FolderRun(bench, job).run(); }

}  // namespace fude::service
