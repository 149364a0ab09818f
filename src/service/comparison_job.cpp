#include "service/comparison_job.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "core/error.h"
#include "pipelines/comparison/cell_files.h"
#include "pipelines/comparison/plan_sheets.h"
#include "pipelines/model_library.h"
#include "pipelines/picture_model.h"
#include "pipelines/picture_preparation.h"
#include "service/gallery.h"
#include "service/job_failures.h"
#include "service/job_kinds.h"
#include "service/job_settings.h"
#include "service/pace.h"
#include "service/request_sources.h"
#include "service/settings_store.h"

namespace fude::service {
namespace {

namespace comparison = pipelines::comparison;
using comparison::ComparisonOrder;
using comparison::ComparisonPlan;
using pipelines::WordFiles;

constexpr int kUsualSide = 512;  // of pictures of a model that cannot be read, or that start from one unknown here

// Pixels along the sides of a model's own pictures.
class NativeSizes {
 public:
  explicit NativeSizes(const pipelines::ModelLibrary& library) : library_(library) {}

  int of(const pipelines::GenerationRequest& request) {
    const auto [entry, is_new] = known_.try_emplace(request.model, kUsualSide);
    if (!is_new) return entry->second;
    try {
      entry->second = pipelines::expected_native_size(library_, request);
    } catch (const Error&) {  // its cell will say what is wrong with it
    }
    return entry->second;
  }

 private:
  const pipelines::ModelLibrary& library_;
  std::map<std::string, int> known_;
};

// The cells with their pictures' sizes where those are left to the model. A picture that starts from another one has
// its size.
std::vector<comparison::Cell> sized_cells(const ComparisonPlan& plan, const pipelines::ModelLibrary& library) {
  std::vector<comparison::Cell> cells(plan.cells().begin(), plan.cells().end());
  NativeSizes sizes(library);
  for (comparison::Cell& cell : cells) {
    for (pipelines::GenerationRequest& job : cell.jobs) {
      if (starts_from_picture(job)) continue;
      if (job.width == 0) job.width = sizes.of(job);
      if (job.height == 0) job.height = sizes.of(job);
    }
  }
  return cells;
}

bool have_sizes(std::span<const comparison::Cell> cells) {
  return std::ranges::all_of(cells, [](const comparison::Cell& cell) { return cell.jobs.front().width > 0; });
}

ComparisonOrder read_order(std::string_view text, const ComparisonPlace& place, std::vector<std::string>& warnings) {
  return comparison::parse_comparison_order(text, place.settings.with_settings(pipelines::api_request()), &warnings);
}

AxisOutline outline_axis(const comparison::AxisOrder& order) {
  AxisOutline outline;
  try {
    const comparison::AxisChoice choice = read_axis_order(order);
    if (choice.is_nothing()) return outline;
    outline.label = choice.axis->label;
    outline.values = choice.values;
  } catch (const Error& error) {
    outline.error = error.what();
  }
  return outline;
}

void count_work(std::span<const comparison::Cell> cells, const Pace& pace, ComparisonOutline& outline) {
  const comparison::Workload work = comparison::workload_of(cells);
  outline.cells = static_cast<std::int64_t>(cells.size());
  outline.pictures = work.pictures;
  outline.steps = work.steps;
  double seconds = 0;
  for (const comparison::Cell& cell : cells) {
    const std::optional<double> more = pace.seconds_for(cell.jobs);
    if (!more) return;
    seconds += *more;
  }
  outline.seconds = seconds;
}

}  // namespace

ComparisonOutline outline_comparison(std::string_view text, const ComparisonPlace& place) {
  ComparisonOutline outline;
  const ComparisonOrder order = read_order(text, place, outline.warnings);
  bool is_readable = true;
  if (order.script == comparison::Script::kPlot) {
    for (std::size_t i = 0; i < 3; ++i) {
      outline.axes[i] = outline_axis(order.axes[i]);
      is_readable = is_readable && outline.axes[i].error.empty();
    }
  }
  if (!is_readable) return outline;
  try {
    const ComparisonPlan plan(order, WordFiles::of_data_dir(place.data_dir));
    outline.warnings.insert(outline.warnings.end(), plan.warnings().begin(), plan.warnings().end());
    const std::vector<comparison::Cell> cells = sized_cells(plan, place.library);
    count_work(cells, place.pace, outline);
    comparison::check_files(place.library, plan.cells());
    if (have_sizes(cells)) {
      outline.grid = comparison::sheet_size(plan, comparison::largest_picture(cells, kUsualSide));
    }
  } catch (const Error& error) {
    outline.error = error.what();
  }
  return outline;
}

ComparisonOrder stored_order(const Job& job) { return comparison::parse_comparison_order(job.request, {}); }

CheckedComparison checked_comparison(const NewJob& job, const ComparisonPlace& place,
                                     const std::vector<Source>& given) {
  NewJob checked = job;
  std::vector<std::string> warnings;
  ComparisonOrder order = read_order(job.request, place, warnings);
  const JobSettings settings(place.settings, order.saving);
  give_sources(order.base, given);
  check_pictures(order.base);
  order.seeds = comparison::SeedSource::random_start();
  const ComparisonPlan plan(order, WordFiles::of_data_dir(place.data_dir));
  comparison::check_files(place.library, plan.cells());
  comparison::sheet_size(plan, comparison::largest_picture(sized_cells(plan, place.library), kUsualSide));
  std::vector<Source> sources = take_sources(order.base);
  checked.request = to_json(order);
  const std::size_t grids = settings.truth("grid_save") ? plan.grid_count() : 0;
  checked.pictures_wanted = static_cast<int>(comparison::workload_of(plan.cells()).pictures) + static_cast<int>(grids);
  checked.warnings.insert(checked.warnings.end(), warnings.begin(), warnings.end());
  checked.warnings.insert(checked.warnings.end(), plan.warnings().begin(), plan.warnings().end());
  return {.job = std::move(checked), .sources = std::move(sources)};
}

std::vector<PictureRange> picture_ranges(const ComparisonPlan& plan) {
  std::vector<PictureRange> ranges;
  int first = 0;
  for (const comparison::Cell& cell : plan.cells()) {
    const int count = static_cast<int>(comparison::workload_of(cell).pictures);
    ranges.push_back({.first = first, .count = count});
    first += count;
  }
  return ranges;
}

ComparisonSheet comparison_sheet(const Job& job, const JobQueue& queue, const JobFailures& failures,
                                 const Gallery& gallery, const std::filesystem::path& data_dir) {
  if (job.kind != kCompareKind) {
    fail(ErrorCode::kInvalidArgument, "job {} is of kind {}, expected {}", job.id, job.kind, kCompareKind);
  }
  const ComparisonOrder order = stored_order(job);
  const ComparisonPlan plan(order, WordFiles::of_data_dir(data_dir));
  const std::vector<PictureRange> ranges = picture_ranges(plan);
  ComparisonSheet sheet{.script = std::string(name_of(order.script)), .table = table_of(plan)};
  for (const comparison::Cell& cell : plan.cells()) sheet.cells.push_back({.name = cell.name});
  for (const auto& [place, message] : failures.of(job.id)) {
    if (static_cast<std::size_t>(place) < sheet.cells.size())
      sheet.cells[static_cast<std::size_t>(place)].error = message;
  }
  std::size_t cell = 0;  // pictures come by index
  for (const JobPicture& picture : queue.pictures_of(job.id)) {
    while (cell < ranges.size() && picture.index >= ranges[cell].first + ranges[cell].count) ++cell;
    if (!picture.picture || !gallery.find(*picture.picture)) continue;
    (cell < ranges.size() ? sheet.cells[cell].pictures : sheet.grids).push_back(*picture.picture);
  }
  return sheet;
}

}  // namespace fude::service
