#include "cell_work.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <tuple>

#include "core/error.h"
#include "core/platform/interrupt.h"
#include "core/platform/paths.h"
#include "io/images/picture_format.h"
#include "io/images/png_file.h"
#include "pipelines/comparison/cell_files.h"
#include "pipelines/comparison/grid_files.h"
#include "pipelines/comparison/run.h"
#include "pipelines/output_files.h"
#include "pipelines/picture_file.h"
#include "progress_bar.h"

namespace fude::apps {
namespace {

namespace comparison = pipelines::comparison;
namespace fs = std::filesystem;
using pipelines::GenerationRequest;

/// One model in memory at a time: loaded when a request asks for another.
class LoadedModel {
 public:
  LoadedModel(pipelines::ModelLibrary library, pipelines::EngineOptions engine)
      : library_(std::move(library)), engine_(engine) {}

  pipelines::PictureModel& of(const GenerationRequest& request) {
    const Key key{request.model, request.text_encoder, request.vae, request.vae_overrides_model_preferences,
                  request.refiner};
    if (!model_ || key != key_) {
      const StatusLine status("loading the model");
      model_.reset();  // two may be more than memory holds
      model_.emplace(pipelines::load_picture_model(library_, request, engine_));
      key_ = key;
    }
    return *model_;
  }

 private:
  using Key = std::tuple<std::string, std::string, std::string, bool, std::string>;

  pipelines::ModelLibrary library_;
  pipelines::EngineOptions engine_;
  std::optional<pipelines::PictureModel> model_;
  Key key_;
};

// Pixels a side of pictures whose request names none: those of the first model that can be read. What is wrong with the
// others is told in their cells.
int native_size_of(const pipelines::ModelLibrary& library, const CellPlan& plan) {
  constexpr int kUsualSide = 512;
  for (const std::size_t cell : plan.order) {
    try {
      return pipelines::expected_native_size(library, plan.cells[cell].jobs.front());
    } catch (const Error&) {
      continue;
    }
  }
  return kUsualSide;
}

std::string count_of(std::int64_t count, const char* thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

}  // namespace

comparison::RunOutcome make_cells(const CellPlan& plan, const CellOutput& output, const EngineFlags& engine) {
  const InterruptGuard interrupt;
  for (const std::string& warning : plan.warnings) std::fprintf(stderr, "fude: warning: %s\n", warning.c_str());
  const auto library = pipelines::ModelLibrary::of_data_dir(output.data_dir);
  comparison::check_files(library, plan.cells);
  constexpr int kSeveral = 2;
  const pipelines::OutputFiles outputs(output.out.empty() ? std::nullopt : std::optional<fs::path>(output.out / ""),
                                       pipelines::dated_output_folder(output.data_dir, "txt2img-images"), kSeveral);
  LoadedModel model(library, engine.apply());
  const int native = native_size_of(library, plan);
  const comparison::Workload work = comparison::workload_of(plan.cells);
  std::string told =
      fmt::format("{} in {}, {}", count_of(work.pictures, "picture"),
                  count_of(static_cast<std::int64_t>(plan.cells.size()), "cell"), count_of(work.steps, "step"));
  if (plan.grid_size) {
    const comparison::GridSize size = plan.grid_size(comparison::largest_picture(plan.cells, native));
    comparison::check_grid_size(size);
    told += fmt::format("; the grid will have {}x{} pixels", size.width, size.height);
  }
  std::fprintf(stderr, "fude: %s\n", told.c_str());

  std::optional<ProgressBar> bar(std::in_place, "sampling", work.steps);
  std::set<std::string> warned;
  const comparison::RunEvents events{
      .model = [&](const GenerationRequest& request) -> pipelines::PictureModel& {
        bar->wipe();
        return model.of(request);
      },
      .on_progress =
          [&](const comparison::RunProgress& progress) {
            bar->update(progress.done);
            interrupt.cancellation().check();
          },
      .on_warning =
          [&](const std::string& warning) {
            bar->wipe();
            if (warned.insert(warning).second) std::fprintf(stderr, "fude: warning: %s\n", warning.c_str());
          },
      .keep =
          [&](std::size_t cell, const pipelines::FinishedPicture& picture, const pipelines::StageSeconds&) {
            bar->wipe();
            std::string file = outputs.save(pipelines::encode_picture(picture), picture.request.seed).string();
            std::string line = file;
            if (output.prints_json) {
              line = nlohmann::ordered_json{{"file", file},
                                            {"cell", plan.cells[cell].name},
                                            {"seed", picture.request.seed},
                                            {"infotext", picture.infotext}}
                         .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
            }
            std::printf("%s\n", line.c_str());
            std::fflush(stdout);
            return file;
          },
      .on_failure =
          [&](std::size_t cell, const std::string& error) {
            bar->wipe();
            std::fprintf(stderr, "fude: error: %s: %s\n", printable(plan.cells[cell].name).c_str(), error.c_str());
          },
  };
  return comparison::run_cells(plan.cells, plan.order, events);
}

void save_grid(const io::Image& grid, const GridWords& words, const CellOutput& output) {
  const StatusLine status("saving the grid");
  std::vector<io::PngText> texts;
  if (!words.infotext.empty()) texts.push_back({.keyword = "parameters", .text = words.infotext});
  const fs::path folder =
      output.out.empty() ? pipelines::dated_output_folder(output.data_dir, "txt2img-grids") : output.out;
  const fs::path path =
      comparison::save_grid(folder, words.name, words.seed, io::encode_png(grid, texts), words.index_of);
  const std::string line =
      output.prints_json ? nlohmann::ordered_json{{"grid", path.string()}, {"seed", words.seed}}.dump() : path.string();
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

void check_outcome(const comparison::RunOutcome& outcome) {
  if (!outcome.is_complete) fail(ErrorCode::kCancelled, "interrupted; what was finished is kept");
  std::string first_error;
  for (const comparison::CellResult& result : outcome.results) {
    if (result.picture) return;
    if (first_error.empty()) first_error = result.error;
  }
  fail(ErrorCode::kUnsupportedModel, "no picture could be made: {}", first_error);
}

CellFlags::CellFlags(CLI::App& command) : sources_(command, pipelines::FlagScope::kFromWords), engine_(command) {
  command.add_option("--out", out_, "a folder for pictures and grids; default: the outputs folders below --data-dir")
      ->type_name("DIR");
  command.add_option("--data-dir", data_dir_, "where models and outputs lie; default: $XDG_DATA_HOME/fude")
      ->type_name("DIR");
  command
      .add_option("--styles-file", styles_files_,
                  "where styles are kept (may be repeated, may hold * and ?); default: styles.csv below --data-dir")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command.add_flag("--json", prints_json_, "print one JSON object a picture instead of its path");
}

pipelines::WordFiles CellFlags::word_files() const {
  auto files = pipelines::WordFiles::of_data_dir(platform::data_dir_or_default(data_dir_));
  if (!styles_files_.empty()) files.styles.assign(styles_files_.begin(), styles_files_.end());
  return files;
}

CellOutput CellFlags::output() const {
  if (io::format_named(fs::path(out_).extension().string()) && !fs::is_directory(out_))
    fail(ErrorCode::kInvalidArgument, "--out '{}' is called like a picture, expected a folder for several of them",
         printable(out_));
  return {.out = out_, .data_dir = platform::data_dir_or_default(data_dir_), .prints_json = prints_json_};
}

}  // namespace fude::apps
