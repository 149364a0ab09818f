#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "command.h"
#include "core/error.h"
#include "core/platform/interrupt.h"
#include "core/platform/memory.h"
#include "core/platform/paths.h"
#include "engine_flags.h"
#include "pipelines/extras_faces.h"
#include "pipelines/output_files.h"
#include "pipelines/upscale_files.h"
#include "progress_bar.h"
#include "saving_flags.h"

namespace fude::apps {
namespace {

class UpscaleCommand {
 public:
  explicit UpscaleCommand(CLI::App& command) : engine_(command), saving_(command, /*has_source_mark=*/false) {
    request_.upscaler = "Lanczos";
    command.add_option("PICTURE", sources_, "picture files, and folders whose pictures are meant")->type_name("");
    add_size_flags(command);
    add_upscaler_flags(command);
    add_file_flags(command);
  }

  void run() {
    const std::filesystem::path data_dir = platform::data_dir_or_default(data_dir_);
    const pipelines::UpscalerLibrary upscalers(pipelines::ModelLibrary::of_data_dir(data_dir));
    if (lists_) return print_list(upscalers.list());
    if (sources_.empty()) fail(ErrorCode::kInvalidArgument, "no picture is given, expected one or more, or --list");
    read_size();
    pipelines::check(request_);
    const InterruptGuard interrupt;
    const auto jobs =
        pipelines::plan_upscale_jobs({.sources = {sources_.begin(), sources_.end()},
                                      .out = out_.empty() ? std::nullopt : std::optional<std::filesystem::path>(out_),
                                      .default_folder = pipelines::dated_output_folder(data_dir, "extras-images"),
                                      .suffix = suffix_,
                                      .ending = saving_.ending(out_)});
    const pipelines::EngineOptions engine = engine_.apply();
    first_ = upscalers.load(request_.upscaler, engine);
    second_ = upscalers.load(request_.second_upscaler, engine);
    faces_ = pipelines::load_extras_faces(pipelines::ModelLibrary::of_data_dir(data_dir), request_, engine);
    if (first_.is_none && !faces_.gfpgan && !faces_.codeformer)
      fail(ErrorCode::kInvalidArgument, "--upscaler is None, expected one that enlarges, or faces to restore");
    for (const pipelines::UpscaleJob& job : jobs) run_job(job, interrupt.cancellation());
  }

 private:
  void add_size_flags(CLI::App& command) {
    command.add_option("--by", request_.factor, "how many times as large a side becomes, 1..8 (default 4)")
        ->type_name("N")
        ->check(CLI::Range(1.0, 8.0).description(""));
    command.add_option("--to", size_, "the size instead, WxH; what hangs over is cut off on two sides")
        ->type_name("WxH");
    command.add_flag_callback(
        "--no-crop", [this] { request_.crops = false; }, "with --to: keep what hangs over");
    command.add_option("--max-side", request_.longest_side, "with --by: pixels that no side may have more of")
        ->type_name("N");
  }

  void add_upscaler_flags(CLI::App& command) {
    command.add_option("--upscaler", request_.upscaler, "what enlarges: a name of --list, or a file (default Lanczos)")
        ->type_name("NAME");
    command.add_option("--upscaler2", request_.second_upscaler, "a second one, whose picture is blended in")
        ->type_name("NAME");
    command.add_option("--blend", request_.second_share, "share of the second one's picture, 0..1 (default 0.5)")
        ->type_name("N")
        ->check(CLI::Range(0.0, 1.0).description(""));
    command
        .add_option("--tile", request_.tile,
                    "side of the tiles that a network works on, in pixels; 0: the whole picture at once (default 192; "
                    "less where memory is short)")
        ->type_name("N");
    command.add_option("--overlap", request_.tile_overlap, "pixels that neighbouring tiles share (default 32)")
        ->type_name("N");
    add_face_flags(command);
    command.add_flag("--list", lists_, "print what there is to enlarge with, and end");
  }

  void add_face_flags(CLI::App& command) {
    command
        .add_option("--gfpgan-visibility", request_.gfpgan_visibility,
                    "restore faces with GFPGAN: how much that shows, 0..1 (default 0: not)")
        ->type_name("N")
        ->check(CLI::Range(0.0, 1.0).description(""));
    command
        .add_option("--codeformer-visibility", request_.codeformer_visibility,
                    "restore faces with CodeFormer, after GFPGAN: how much that shows, 0..1 (default 0: not)")
        ->type_name("N")
        ->check(CLI::Range(0.0, 1.0).description(""));
    command
        .add_option("--codeformer-weight", request_.codeformer_weight,
                    "how closely CodeFormer keeps to the picture, 0..1 (default 0: its own faces)")
        ->type_name("N")
        ->check(CLI::Range(0.0, 1.0).description(""));
  }

  void add_file_flags(CLI::App& command) {
    command
        .add_option("--out", out_,
                    "a file (one picture) or a folder; default: the outputs folder below --data-dir. Pictures keep "
                    "their names; nothing is replaced")
        ->type_name("PATH");
    command.add_option("--suffix", suffix_, "added to the pictures' names")->type_name("TEXT");
    command.add_flag("--resume", resumes_, "leave out pictures whose enlarged ones are there already");
    command.add_option("--data-dir", data_dir_, "where models and outputs lie; default: $XDG_DATA_HOME/fude")
        ->type_name("DIR");
    command.add_flag("--json", prints_json_, "print one JSON object a picture instead of its path");
  }

  void read_size() {
    if (request_.second_upscaler != "None" && request_.second_share == 0) request_.second_share = 0.5;
    if (size_.empty()) return;
    char rest = 0;
    if (std::sscanf(size_.c_str(), "%5dx%5d%c", &request_.width, &request_.height, &rest) != 2) {
      fail(ErrorCode::kInvalidArgument, "--to is '{}', expected a size such as 1920x1080", printable(size_, 40));
    }
    request_.mode = 1;
  }

  void run_job(const pipelines::UpscaleJob& job, const Cancellation& cancellation) const {
    cancellation.check();
    std::error_code unknown;
    if (resumes_ && std::filesystem::exists(job.target, unknown)) {
      std::fprintf(stderr, "fude: %s is there already\n", printable(job.target.string()).c_str());
      return;
    }
    std::optional<ProgressBar> bar;
    const pipelines::UpscaleEvents events{
        .on_plan = [](const std::string& plan) { std::fprintf(stderr, "fude: %s\n", plan.c_str()); },
        .on_tile =
            [&](std::int64_t done, std::int64_t total) {
              if (done == 0) bar.emplace("enlarging", total, "tile");
              bar->update(done);
              if (done == total) bar.reset();
              cancellation.check();
            },
    };
    int width = 0, height = 0;
    std::string text;
    const std::filesystem::path path =
        pipelines::run_upscale_job(job, saving_.options(out_), [&](const io::Image& picture) {
          pipelines::UpscaledPicture made =
              with_restored_faces(upscale_picture(picture, request_, first_, second_, events), request_, faces_,
                                  [&](int, int) { cancellation.check(); });
          width = made.image.width;
          height = made.image.height;
          text = made.text;
          return made;
        });
    print(job, path, {{"width", width}, {"height", height}, {"postprocessing", text}});
  }

  void print(const pipelines::UpscaleJob& job, const std::filesystem::path& path,
             const nlohmann::ordered_json& facts) const {
    if (!prints_json_) {
      std::printf("%s\n", path.c_str());
    } else {
      nlohmann::ordered_json line = {{"file", path.string()}, {"source", job.source.string()}};
      line.update(facts);
      line["peak_rss_bytes"] = platform::peak_memory();
      std::printf("%s\n", line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
    }
    std::fflush(stdout);
  }

  void print_list(const std::vector<pipelines::ListedUpscaler>& upscalers) const {
    for (const pipelines::ListedUpscaler& upscaler : upscalers) {
      if (prints_json_) {
        const nlohmann::ordered_json line = {{"name", upscaler.name},
                                             {"path", upscaler.path.string()},
                                             {"family", upscaler.family},
                                             {"scale", upscaler.scale},
                                             {"problem", upscaler.problem}};
        std::printf("%s\n", line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
        continue;
      }
      const std::string what = !upscaler.problem.empty() ? upscaler.problem
                               : upscaler.family.empty()
                                   ? "computed, any size"
                                   : fmt::format("{}, {} times as large", upscaler.family, upscaler.scale);
      std::printf("%-28s %s\n", printable(upscaler.name).c_str(),
                  upscaler.name == "None" ? "no enlargement" : printable(what).c_str());
    }
  }

  EngineFlags engine_;
  SavingFlags saving_;
  pipelines::UpscaleRequest request_;
  pipelines::LoadedUpscaler first_, second_;
  pipelines::ExtrasFaces faces_;
  std::vector<std::string> sources_;
  std::string size_, out_, suffix_, data_dir_;
  bool lists_ = false, resumes_ = false, prints_json_ = false;
};

}  // namespace

void add_upscale_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("upscale", "enlarge pictures");
  command->footer(
      "Networks lie in the models folder, below ESRGAN, RealESRGAN, SwinIR, DAT, HAT, SPAN or upscalers; "
      "docs/upscaling.md says which are known. What restores faces lies below Codeformer and GFPGAN (docs/faces.md).\n"
      "\n"
      "Examples:\n"
      "  fude upscale picture.png --by 2\n"
      "  fude upscale picture.png --upscaler 4x-UltraSharp --to 3840x2160\n"
      "  fude upscale drafts --upscaler \"R-ESRGAN 4x+\" --out large --resume\n"
      "  fude upscale a.png --upscaler 4x-UltraSharp --upscaler2 Lanczos --blend 0.3\n"
      "  fude upscale photo.png --upscaler None --codeformer-visibility 1");
  const auto state = std::make_shared<UpscaleCommand>(*command);
  command->callback([state] { state->run(); });
}

}  // namespace fude::apps
