#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "command.h"
#include "core/error.h"
#include "core/platform/interrupt.h"
#include "core/platform/memory.h"
#include "core/platform/paths.h"
#include "engine_flags.h"
#include "io/safetensors_writer.h"
#include "pipelines/output_files.h"
#include "pipelines/picture_file.h"
#include "pipelines/picture_jobs.h"
#include "pipelines/word_expansion.h"
#include "progress_bar.h"
#include "request_sources.h"

namespace fude::apps {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

class TextToImageCommand {
 public:
  explicit TextToImageCommand(CLI::App& command) : sources_(command), engine_(command) {
    command
        .add_option("--out", out_,
                    "a file (one picture) or a folder for the pictures; default: the outputs folder below "
                    "--data-dir")
        ->type_name("PATH");
    command.add_option("--data-dir", data_dir_, "where models and outputs lie; default: $XDG_DATA_HOME/fude")
        ->type_name("DIR");
    command
        .add_option("--styles-file", styles_files_,
                    "where styles are kept (may be repeated, may hold * and ?); default: styles.csv below --data-dir")
        ->type_name("FILE")
        ->allow_extra_args(false);
    command.add_option("--save-latents", latents_file_, "also write the starting noise and the final latent")
        ->type_name("FILE");
    command
        .add_option("--preview", preview_file_,
                    "keep a look at the unfinished picture in this PNG file: by the model's tiny autoencoder or one "
                    "(taesd_decoder) in the models folder's VAE-approx, else an eighth of the size")
        ->type_name("FILE");
    command.add_flag("--json", prints_json_, "print one JSON object a picture instead of its path");
  }

  void run() {
    start_ = Clock::now();
    const InterruptGuard interrupt;
    const std::filesystem::path data_dir = platform::data_dir_or_default(data_dir_);
    const pipelines::PictureJobs jobs = expanded(sources_.read(), data_dir);
    const pipelines::OutputFiles outputs(out_.empty() ? std::nullopt : std::optional<std::filesystem::path>(out_),
                                         pipelines::dated_output_folder(data_dir, "txt2img-images"),
                                         jobs.picture_count());
    std::optional<StatusLine> status("loading the model");
    const auto library = pipelines::ModelLibrary::of_data_dir(data_dir);
    pipelines::PictureModel model = pipelines::load_picture_model(library, jobs.requests.front(), engine_.apply());
    load_seconds_ = seconds_since(start_);
    status.reset();
    tell_memory(model);
    status.emplace("reading the words");

    std::optional<ProgressBar> bar;
    pipelines::TextToImageEvents events{
        .on_step =
            [&](int done, int total) {
              status.reset();
              if (!bar) bar.emplace("sampling", total);
              bar->update(done);
              if (done == total) {
                bar.reset();
                status.emplace("decoding");
              }
              interrupt.cancellation().check();
            },
        .on_warning =
            [&](const std::string& warning) {
              status.reset();
              if (told_.insert(warning).second) std::fprintf(stderr, "fude: warning: %s\n", warning.c_str());
            },
        .on_picture =
            [&](const pipelines::FinishedPicture& picture, const pipelines::StageSeconds& seconds) {
              status.reset();
              if (bar) bar->wipe();
              save(outputs, picture, seconds);
              interrupt.cancellation().check();
            },
    };
    if (!preview_file_.empty()) events.on_denoised = pipelines::preview_writer(library, model, preview_file_);
    const pipelines::LatentRecord latents = pipelines::run_picture_jobs(model, jobs.requests, events);
    if (!latents_file_.empty()) {
      io::write_safetensors(latents_file_, {{"noise", latents.noise}, {"latent", latents.latent}}, {});
    }
  }

 private:
  pipelines::PictureJobs expanded(const pipelines::GenerationRequest& request,
                                  const std::filesystem::path& data_dir) const {
    auto files = pipelines::WordFiles::of_data_dir(data_dir);
    if (!styles_files_.empty()) files.styles.assign(styles_files_.begin(), styles_files_.end());
    pipelines::PictureJobs jobs = pipelines::expand_words(request, files);
    for (const std::string& warning : jobs.warnings) std::fprintf(stderr, "fude: warning: %s\n", warning.c_str());
    return jobs;
  }

  // Where a GPU's memory goes; on a processor only to those who asked.
  void tell_memory(const pipelines::PictureModel& model) {
    const bool is_gpu = !model.engine.device.is_cpu();
    const std::string text = pipelines::describe(model.memory, is_gpu ? "GPU" : "processor");
    if (is_gpu || model.engine.memory != pipelines::MemoryMode::kAuto) std::fprintf(stderr, "fude: %s\n", text.c_str());
    memory_ = {{"mode", pipelines::name_of(model.memory.mode)},
               {"plan", text},
               {"needed_bytes", model.memory.needed},
               {"free_bytes", model.memory.memory ? nlohmann::ordered_json(model.memory.memory->free)
                                                  : nlohmann::ordered_json(nullptr)}};
  }

  void save(const pipelines::OutputFiles& outputs, const pipelines::FinishedPicture& picture,
            const pipelines::StageSeconds& seconds) const {
    const std::filesystem::path path = outputs.save(pipelines::encode_picture(picture), picture.request.seed);
    if (!prints_json_) {
      std::printf("%s\n", path.c_str());
    } else {
      const nlohmann::ordered_json line = {
          {"file", path.string()},
          {"seed", picture.request.seed},
          {"subseed", picture.request.subseed},
          {"width", picture.image.width},
          {"height", picture.image.height},
          {"infotext", picture.infotext},
          {"warnings", picture.warnings},
          {"seconds",
           {{"load", load_seconds_},
            {"text", seconds.text},
            {"sample", seconds.sample},
            {"decode", seconds.decode},
            {"total", seconds_since(start_)}}},
          {"memory", memory_},
          {"peak_rss_bytes", platform::peak_memory()},
      };
      std::printf("%s\n", line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
    }
    std::fflush(stdout);
  }

  RequestSources sources_;
  EngineFlags engine_;
  std::string out_, data_dir_, latents_file_, preview_file_;
  std::vector<std::string> styles_files_;
  bool prints_json_ = false;
  std::set<std::string> told_;  // warnings: many jobs may lack one and the same file
  Clock::time_point start_;
  double load_seconds_ = 0;
  nlohmann::ordered_json memory_;
};

}  // namespace

void add_txt2img_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("txt2img", "make pictures from words");
  command->footer(
      "Examples:\n"
      "  fude txt2img \"1girl, sky, smile\"\n"
      "  fude txt2img \"1girl, sky\" -n \"(low quality:1.4)\" --sampler \"DPM++ SDE Karras\"\n"
      "  fude txt2img \"1girl, {red|blue} hair, __place__\" --batch-count 4\n"
      "  fude txt2img --like picture.png --seed -1 --batch-count 4\n"
      "  fude txt2img \"a castle\" --model my-model.safetensors --size 512x768 --out .");
  const auto state = std::make_shared<TextToImageCommand>(*command);
  command->callback([state] { state->run(); });
}

}  // namespace fude::apps
