#include "server/sdapi_script_run.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "io/images/picture_decoder.h"
#include "pipelines/comparison/cell_files.h"
#include "pipelines/comparison/grid_files.h"
#include "pipelines/output_files.h"
#include "server/made_pictures.h"
#include "server/sdapi_batch_grid.h"
#include "service/gallery.h"
#include "service/saving_settings.h"

namespace fude::server {

namespace comparison = pipelines::comparison;
using service::Job;
using service::MadePicture;

void ScriptRun::check(std::span<const comparison::Cell> cells,
                      const std::function<comparison::GridSize(const comparison::PictureSize&)>& grid_size) const {
  comparison::check_files(studio_.library(), cells);
  if (!grid_size) return;
  constexpr int kUsual = 512;
  const int native = studio_.loaded().is_loaded ? studio_.loaded().native_size : kUsual;
  comparison::check_grid_size(grid_size(comparison::largest_picture(cells, native)));
}

void ScriptRun::make(std::span<const comparison::Cell> cells, std::span<const std::size_t> order) {
  results_.assign(cells.size(), {});
  made_.assign(cells.size(), {});
  for (const std::size_t index : order) {
    if (!make_cell(index, cells[index])) return;
  }
}

const io::Image* ScriptRun::make_next(const comparison::Cell& cell) {
  results_.emplace_back();
  made_.emplace_back();
  const bool is_whole = make_cell(results_.size() - 1, cell);
  const comparison::CellResult& result = results_.back();
  return is_whole && result.error.empty() && result.picture ? &*result.picture : nullptr;
}

// False when nothing more is to be made.
bool ScriptRun::make_cell(std::size_t index, const comparison::Cell& cell) {
  try {
    return std::ranges::all_of(cell.jobs,
                               [&](const pipelines::GenerationRequest& request) { return make_job(index, request); });
  } catch (const Error& error) {
    if (script_.http.gone->is_requested()) throw;
    if (error.code() == ErrorCode::kCancelled) return false;
    results_[index].error = error.what();
    return true;
  }
}

bool ScriptRun::make_job(std::size_t index, pipelines::GenerationRequest request) {
  // Words that were drawn are not drawn from again.
  if (!request.prompt_template.empty() || !request.negative_template.empty()) request.dynamic_prompts = false;
  last_job_ = studio_.submit(
      {.origin = "sdapi", .saves_pictures = script_.asked.saves_pictures, .saving = script_.saving}, request);
  MadeJob made = make_pictures(studio_, last_job_, script_.http);
  last_job_ = std::move(made.job);
  keep(index, request, std::move(made.pictures));
  return !last_job_.was_interrupted;
}

void ScriptRun::keep(std::size_t index, const pipelines::GenerationRequest& request, std::vector<MadePicture> made) {
  comparison::CellResult& result = results_[index];
  for (MadePicture& picture : made) {
    if (picture.picture) {
      if (const auto row = studio_.gallery().find(*picture.picture)) {
        result.files.push_back(studio_.gallery().path_of(*row).lexically_relative(studio_.outputs_folder()).string());
      }
    }
    if (!result.picture) {
      result.picture = io::decode_picture(picture.bytes);
      result.request = request;
      result.request.seed = picture.seed;
      result.infotext = picture.infotext;
    }
    made_[index].push_back(std::move(picture));
  }
}

std::vector<MadePicture> ScriptRun::pictures() const {
  std::vector<MadePicture> all;
  for (const std::vector<MadePicture>& cell : made_) all.insert(all.end(), cell.begin(), cell.end());
  for (std::size_t i = 0; i < all.size(); ++i) all[i].index = static_cast<int>(i);
  return all;
}

const Job& ScriptRun::last_job() const {
  const bool has_picture = std::ranges::any_of(results_, [](const auto& result) { return result.picture.has_value(); });
  if (has_picture) return last_job_;
  for (const comparison::CellResult& result : results_) {
    if (!result.error.empty()) fail(ErrorCode::kInvalidArgument, "no picture could be made: {}", result.error);
  }
  fail(ErrorCode::kCancelled, "cancelled");
}

MadePicture ScriptRun::grid(const io::Image& image, const GridWords& words) const {
  const service::JobSettings settings(studio_.settings(), script_.saving);
  if (words.saves) {
    const pipelines::EncodedPicture file = service::encode_grid(image, words.infotext, settings);
    const std::string folder = settings.text(grids_setting(script_.asked.tab));
    comparison::save_grid(pipelines::dated_output_folder(studio_.options().data_dir, folder), words.name, words.seed,
                          file.bytes, words.index_of, io::file_ending(file.format));
  }
  return drawn_picture(image, words.infotext, words.seed, settings);
}

}  // namespace fude::server
