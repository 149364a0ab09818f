#include "service/comparison_run.h"

#include <algorithm>
#include <ctime>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "core/platform/mapped_file.h"
#include "io/images/picture_decoder.h"
#include "pipelines/comparison/plan_sheets.h"
#include "pipelines/comparison/run.h"
#include "pipelines/file_name.h"
#include "service/comparison_job.h"
#include "service/gallery.h"
#include "service/job_failures.h"
#include "service/live_view.h"
#include "service/missing_pictures.h"
#include "service/picture_run.h"
#include "service/picture_saver.h"
#include "service/request_sources.h"
#include "service/saving_settings.h"

namespace fude::service {
namespace {

namespace comparison = pipelines::comparison;
using comparison::Cell;
using comparison::CellResult;
using pipelines::GenerationRequest;

comparison::ComparisonOrder order_of(const Workbench& bench, const Job& job) {
  comparison::ComparisonOrder order = stored_order(job);
  give_sources(order.base, bench.parts().sources.read(job.id));
  return order;
}

/// What is left of a cell.
struct PendingCell {
  std::size_t index = 0;      // in the plan
  std::vector<int> pictures;  // of the job, that its requests make
};

class ComparisonRun {
 public:
  ComparisonRun(Workbench& bench, const Job& job) : ComparisonRun(bench, job, order_of(bench, job)) {}

  void run() {
    bench_.warn(job_, plan_.warnings());
    const int count = ranges_.back().first + ranges_.back().count;
    const bool saves_grids = settings_.truth("grid_save");
    bench_.parts().queue.set_pictures_wanted(job_.id, count + (saves_grids ? static_cast<int>(plan_.grid_count()) : 0));
    find_pending();
    bench_.meter().plan(count, count - missing_, static_cast<int>(cells_.size()));
    if (!cells_.empty()) make(count);
    bench_.check_going_on(job_);
    require_picture();
    if (saves_grids) save_grids(count);
  }

 private:
  ComparisonRun(Workbench& bench, const Job& job, comparison::ComparisonOrder order)
      : bench_(bench),
        job_(job),
        plan_(order, pipelines::WordFiles::of_data_dir(bench.parts().data_dir)),
        saving_(std::move(order.saving)),
        settings_(bench.parts().settings, saving_),
        ranges_(picture_ranges(plan_)),
        view_(bench, job) {}

  void find_pending() {
    const std::set<int> done = finished_indices(bench_.parts().queue.pictures_of(job_.id));
    const auto failures = bench_.parts().failures.of(job_.id);
    for (const std::size_t index : plan_.order()) {
      if (!failures.contains(static_cast<int>(index))) add_pending(index, done);
    }
  }

  void add_pending(std::size_t index, const std::set<int>& done) {
    const PictureRange& range = ranges_[index];
    std::set<int> done_here;
    for (auto it = done.lower_bound(range.first); it != done.end() && *it < range.first + range.count; ++it) {
      done_here.insert(*it - range.first);
    }
    const Cell& cell = plan_.cells()[index];
    MissingPictures missing = missing_pictures(cell.jobs, done_here);
    if (missing.requests.empty()) return;
    for (int& picture : missing.indices) picture += range.first;
    missing_ += static_cast<int>(missing.indices.size());
    cells_.push_back({.jobs = std::move(missing.requests), .name = cell.name});
    pending_.push_back({.index = index, .pictures = std::move(missing.indices)});
  }

  void make(int pictures_wanted) {
    PictureSaver saver(bench_, job_, pictures_wanted, saving_);
    const comparison::RunEvents events{
        .model = [this](const GenerationRequest& request) -> pipelines::PictureModel& { return model_for(request); },
        .on_progress =
            [this](const comparison::RunProgress& progress) {
              bench_.meter().count_steps(progress.done, progress.total, progress.step, progress.steps);
              bench_.publish_progress(/*is_urgent=*/false);
              bench_.check_going_on(job_);
            },
        .on_warning = [this](const std::string& warning) { bench_.warn(job_, {warning}); },
        .on_denoised =
            [this](const at::Tensor& denoised) {
              if (show_) show_(denoised);
            },
        .continuation = [this] { return bench_.continuation(job_); },
        .keep =
            [&](std::size_t cell, const pipelines::FinishedPicture& picture, const pipelines::StageSeconds&) {
              saver.save(*model_, picture, pending_[cell].pictures.at(static_cast<std::size_t>(picture.index)));
              return std::string();
            },
        .on_failure =
            [this](std::size_t cell, const std::string& error) {
              bench_.parts().failures.note(job_.id, static_cast<int>(pending_[cell].index),
                                           without_folder(error, bench_.parts().data_dir));
            },
        .keeps_pictures = false,
    };
    comparison::run_cells(cells_, comparison::in_turn(cells_.size()), events);
  }

  pipelines::PictureModel& model_for(const GenerationRequest& request) {
    pipelines::PictureModel& model = bench_.take_model(request);
    bench_.tell_loaded([&](LoadedModel& loaded) { loaded.adapters = network_names(bench_.parts().library, request); });
    // Another model may lie where the last one did.
    if (model_ != &model || shown_model_ != model.name) show_ = view_.listener(model);
    shown_model_ = model.name;
    model_ = &model;
    bench_.enter("words");
    return model;
  }

  void require_picture() const {
    const auto failures = bench_.parts().failures.of(job_.id);
    if (failures.empty() || !finished_indices(bench_.parts().queue.pictures_of(job_.id)).empty()) return;
    fail(ErrorCode::kUnsupportedModel, "no picture could be made: {}", failures.begin()->second);
  }

  // From the files: what an earlier life of the job has made is there as well, and nothing waits in memory meanwhile.
  std::vector<CellResult> results() const {
    std::vector<CellResult> results(plan_.cells().size());
    for (const auto& [place, message] : bench_.parts().failures.of(job_.id)) {
      if (static_cast<std::size_t>(place) < results.size()) results[static_cast<std::size_t>(place)].error = message;
    }
    std::size_t cell = 0;
    for (const JobPicture& picture : bench_.parts().queue.pictures_of(job_.id)) {
      while (cell < ranges_.size() && picture.index >= ranges_[cell].first + ranges_[cell].count) ++cell;
      if (cell == ranges_.size()) break;
      if (picture.picture) take(*picture.picture, plan_.cells()[cell], results[cell]);
    }
    return results;
  }

  // A picture that was deleted meanwhile leaves its place blank.
  void take(PictureId id, const Cell& cell, CellResult& result) const {
    const std::optional<Picture> row = bench_.parts().gallery.find(id);
    if (!row) return;
    result.files.push_back(row->file);
    if (result.picture) return;
    try {
      const auto file = platform::MappedFile::open(bench_.parts().gallery.path_of(*row));
      result.picture = io::decode_picture(file->bytes(), row->file);
    } catch (const Error& error) {
      bench_.warn(job_, {error.what()});
      return;
    }
    result.request = cell.jobs.front();
    result.request.seed = row->seed;
    result.infotext = row->infotext;
  }

  void save_grids(int first) {
    bench_.enter("saving");
    const std::vector<CellResult> cells = results();
    if (std::ranges::none_of(cells, [](const CellResult& cell) { return cell.picture.has_value(); })) return;
    std::map<int, PictureId> grids = grids_from(first);
    for (std::size_t grid = 0; grid < plan_.grid_count(); ++grid) {
      const int index = first + static_cast<int>(grid);
      if (!grids.contains(index)) grids[index] = save_grid(cells, grid, index);
      if (grid == 0) save_index(cells, grids[index]);
      bench_.check_going_on(job_);
    }
  }

  // Those that are there.
  std::map<int, PictureId> grids_from(int first) const {
    std::map<int, PictureId> grids;
    for (const JobPicture& picture : bench_.parts().queue.pictures_of(job_.id)) {
      if (picture.index >= first && picture.picture) grids[picture.index] = *picture.picture;
    }
    return grids;
  }

  PictureId save_grid(const std::vector<CellResult>& cells, std::size_t grid, int index) {
    const std::string text = comparison::grid_infotext(cells, plan_.pairs());
    const pipelines::EncodedPicture file = encode_grid(comparison::sheet(plan_, cells, grid), text, settings_);
    const bool is_from_picture = starts_from_picture(plan_.cells().front().jobs.front());
    const std::filesystem::path folder =
        settings_.text(is_from_picture ? "outdir_img2img_grids" : "outdir_txt2img_grids");
    PictureStore& store = bench_.parts().pictures;
    const pipelines::NamingFacts facts{.infotext = pipelines::parse_infotext(text),
                                       .base_name = plan_.grid_name(),
                                       .saved_at = std::time(nullptr),
                                       .job_started_at = job_.started_at / 1000};
    return store.save({.job = job_.id,
                       .index = index,
                       .name = {.stem = std::to_string(comparison::grid_seed(plan_.cells(), cells)),
                                .ending = std::string(io::file_ending(file.format)),
                                .base = plan_.grid_name()},
                       .bytes = file.bytes},
                      folder / saving_folder(saving_options(settings_), facts));
  }

  // Beside the grid of the whole; an earlier life of the job may have come to the one and not to the other.
  void save_index(const std::vector<CellResult>& cells, PictureId grid) const {
    const std::optional<Picture> row = bench_.parts().gallery.find(grid);
    if (!row || row->deleted_at) return;
    std::filesystem::path path = bench_.parts().data_dir / "outputs" / row->file;
    const std::string file = path.filename().string();
    if (std::filesystem::exists(path.replace_extension(".json"))) return;
    platform::remove_abandoned_files(path.parent_path());
    platform::AtomicFile index_file(path);
    index_file.write(plan_.index(cells, file));
    index_file.commit();
  }

  Workbench& bench_;
  const Job& job_;
  comparison::ComparisonPlan plan_;
  pipelines::SavingTexts saving_;
  JobSettings settings_;
  std::vector<PictureRange> ranges_;
  LiveView view_;
  std::vector<Cell> cells_;  // what is to be made, in the order of making
  std::vector<PendingCell> pending_;
  int missing_ = 0;  // pictures
  pipelines::PictureModel* model_ = nullptr;
  std::string shown_model_;
  pipelines::LatentListener show_;
};

}  // namespace

void run_comparison(Workbench& bench, const Job& job) { ComparisonRun(bench, job).run(); }

}  // namespace fude::service
