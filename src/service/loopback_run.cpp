#include "service/loopback_run.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/hash.h"
#include "core/platform/mapped_file.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_format.h"
#include "pipelines/loopback.h"
#include "service/live_view.h"
#include "service/missing_pictures.h"
#include "service/picture_run.h"
#include "service/picture_saver.h"

namespace fude::service {
namespace {

using pipelines::GenerationRequest;

class LoopsRun {
 public:
  LoopsRun(Workbench& bench, const Job& job, std::span<const GenerationRequest> requests,
           const pipelines::Loopback& loopback, const pipelines::SavingTexts& saving)
      : bench_(bench), job_(job), loopback_(loopback), missing_(missing_pictures(requests, whole_chains())) {
    int chains = 0;
    for (const GenerationRequest& request : requests) chains += picture_count(request);
    wanted_ = chains * loopback.loops;
    saver_.emplace(bench, job, wanted_, saving);
  }

  void run() {
    bench_.parts().queue.set_pictures_wanted(job_.id, wanted_);
    left_ = wanted_ - static_cast<int>(made_.size());
    bench_.meter().plan(wanted_, static_cast<int>(made_.size()), left_);
    if (missing_.requests.empty()) return;
    LiveView view(bench_, job_);
    make_pictures(
        bench_, job_, missing_.requests.front(), view,
        {.on_step = [this](int done, int total) { count(done, total); },
         .continuation = [this] { return bench_.continuation(job_); },
         .on_picture = [this](const pipelines::PictureModel& model,
                              const pipelines::FinishedPicture& picture) { return keep(model, picture); }},
        [this](pipelines::PictureModel& model, const pipelines::TextToImageEvents& events) { make(model, events); });
  }

 private:
  // Chains of which every picture is there; notes what is there of the others as well.
  std::set<int> whole_chains() {
    std::map<int, int> counts;
    for (JobPicture& picture : bench_.parts().queue.pictures_of(job_.id)) {
      if (!picture.picture) continue;
      ++counts[picture.index / loopback_.loops];
      made_.emplace(picture.index, std::move(picture));
    }
    std::set<int> whole;
    for (const auto& [chain, count] : counts) {
      if (count == loopback_.loops) whole.insert(chain);
    }
    return whole;
  }

  void make(pipelines::PictureModel& model, const pipelines::TextToImageEvents& events) {
    for (const GenerationRequest& request : missing_.requests) {
      steps_before_ = 0;
      loops_of_request_ = picture_count(request) * loopback_.loops;
      run_loopback(model, request, loopback_, events, [this](int index) { return made(index); });
      chains_before_ += picture_count(request);
    }
  }

  // In the job, of the picture that the running request calls `index`.
  int place_of(int index) const {
    const auto chain = static_cast<std::size_t>(chains_before_ + index / loopback_.loops);
    return missing_.indices.at(chain) * loopback_.loops + index % loopback_.loops;
  }

  // Only a file of ours that has every pixel as it was: from anything else the next picture would be another one.
  std::optional<io::Image> made(int index) {
    loop_ = index;
    const auto found = made_.find(place_of(index));
    if (found == made_.end()) return std::nullopt;
    try {
      const auto file = platform::MappedFile::open(bench_.parts().pictures.path_of(*found->second.picture));
      const bool is_whole = io::picture_format(file->bytes()) == io::PictureFormat::kPng &&
                            sha256_hex(file->bytes()) == found->second.digest;
      if (is_whole) return io::decode_picture(file->bytes(), found->second.file);
    } catch (const Error&) {  // deleted meanwhile
    }
    return std::nullopt;
  }

  std::optional<PictureId> keep(const pipelines::PictureModel& model, const pipelines::FinishedPicture& picture) {
    steps_before_ = steps_done_;
    const int place = place_of(picture.index);
    if (made_.contains(place)) return std::nullopt;  // made only to go on from
    left_ = std::max(left_ - 1, 0);
    return saver_->save(model, picture, place);
  }

  // run_loopback() counts over the loops of its request, taking those to come to be as long as this one.
  void count(int done, int total) {
    steps_done_ = done;
    const int steps = std::max(1, (total - steps_before_) / std::max(1, loops_of_request_ - loop_));
    const int step = done - steps_before_;
    const std::int64_t before = all_steps_ + step;
    bench_.meter().count_steps(before, all_steps_ + static_cast<std::int64_t>(steps) * std::max(1, left_), step, steps);
    if (step == steps) all_steps_ += steps;
  }

  Workbench& bench_;
  const Job& job_;
  const pipelines::Loopback& loopback_;
  std::map<int, JobPicture> made_;  // by earlier runs
  MissingPictures missing_;         // chains
  int wanted_ = 0;                  // pictures
  int left_ = 0;                    // of them, to be made
  std::optional<PictureSaver> saver_;
  int chains_before_ = 0;  // of missing_, by the requests before the running one
  int loops_of_request_ = 0, loop_ = 0;
  int steps_before_ = 0, steps_done_ = 0;  // of the running request: by the loops before this one, and in all
  std::int64_t all_steps_ = 0;             // by all loops before this one
};

}  // namespace

void run_loops(Workbench& bench, const Job& job, std::span<const GenerationRequest> requests,
               const pipelines::Loopback& loopback, const pipelines::SavingTexts& saving) {
  LoopsRun(bench, job, requests, loopback, saving).run();
}

}  // namespace fude::service
