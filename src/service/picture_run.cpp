#include "service/picture_run.h"

#include <utility>

#include "core/error.h"
#include "pipelines/picture_jobs.h"
#include "pipelines/request_json.h"
#include "pipelines/word_expansion.h"
#include "prompt/networks.h"
#include "service/film_keeper.h"
#include "service/live_view.h"
#include "service/loopback_run.h"
#include "service/missing_pictures.h"
#include "service/picture_saver.h"
#include "service/request_sources.h"

namespace fude::service {
namespace {

using pipelines::GenerationRequest;

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

}  // namespace

void make_pictures(Workbench& bench, const Job& job, std::span<const GenerationRequest> requests, LiveView& view,
                   const MakingEvents& events) {
  make_pictures(bench, job, requests.front(), view, events,
                [&](pipelines::PictureModel& model, const pipelines::TextToImageEvents& making) {
                  pipelines::run_picture_jobs(model, requests, making);
                });
}

void make_pictures(Workbench& bench, const Job& job, const GenerationRequest& first, LiveView& view,
                   const MakingEvents& events, const PictureMaking& make) {
  pipelines::PictureModel& model = bench.take_model(first);
  bench.tell_loaded([&](LoadedModel& loaded) { loaded.adapters = network_names(bench.parts().library, first); });
  const bool wants_film = first.keep_film && job.saves_pictures;
  if (wants_film && first.sd_upscale) {
    bench.warn(job, {"SD upscale draws one tile after the other: no film of it is kept"});
  }
  FilmKeeper films(bench, job, model, wants_film && !first.sd_upscale);
  bench.enter("words");
  make(model, {.on_step =
                   [&](int done, int total) {
                     events.on_step(done, total);
                     bench.publish_progress(/*is_urgent=*/false);
                     bench.check_going_on(job);
                   },
               .on_warning = [&](const std::string& warning) { bench.warn(job, {warning}); },
               .on_denoised = films.listener(view.listener(model)),
               .continuation = events.continuation,
               .on_picture =
                   [&](const pipelines::FinishedPicture& picture, const pipelines::StageSeconds&) {
                     films.keep(events.on_picture(model, picture), picture);
                     bench.check_going_on(job);
                   }});
}

std::set<int> finished_indices(const std::vector<JobPicture>& pictures) {
  std::set<int> indices;
  for (const JobPicture& picture : pictures) {
    if (picture.picture) indices.insert(picture.index);
  }
  return indices;
}

std::vector<std::string> network_names(const pipelines::ModelLibrary& library, const GenerationRequest& request) {
  std::vector<std::string> names;
  for (const prompt::NetworkTag& tag : prompt::extract_networks(request.prompt).networks) {
    if (is_there(library, tag)) names.push_back(tag.name);
  }
  return names;
}

void run_pictures(Workbench& bench, const Job& job) {
  pipelines::ParsedRequest parsed = pipelines::parse_request(job.request);
  GenerationRequest request = std::move(parsed.request);
  give_sources(request, bench.parts().sources.read(job.id));
  normalise(request);
  resolve_seeds(request);
  const pipelines::PictureJobs jobs =
      pipelines::expand_words(std::move(request), pipelines::WordFiles::of_data_dir(bench.parts().data_dir));
  bench.warn(job, jobs.warnings);
  if (parsed.loopback) return run_loops(bench, job, jobs.requests, *parsed.loopback, parsed.saving);
  const std::set<int> done = finished_indices(bench.parts().queue.pictures_of(job.id));
  const MissingPictures missing = missing_pictures(jobs.requests, done);
  bench.parts().queue.set_pictures_wanted(job.id, jobs.picture_count());
  bench.meter().plan(jobs.picture_count(), static_cast<int>(done.size()), missing.batch_count());
  if (missing.requests.empty()) return;
  LiveView view(bench, job);
  PictureSaver saver(bench, job, jobs.picture_count(), parsed.saving);
  make_pictures(bench, job, missing.requests, view,
                {.on_step = [&](int step, int total) { bench.meter().count_steps(step, total); },
                 .continuation = [&] { return bench.continuation(job); },
                 .on_picture =
                     [&](const pipelines::PictureModel& model, const pipelines::FinishedPicture& picture) {
                       return saver.save(model, picture, missing.indices.at(static_cast<std::size_t>(picture.index)));
                     }});
}

}  // namespace fude::service
