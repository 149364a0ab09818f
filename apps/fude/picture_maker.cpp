#include "picture_maker.h"

#include <cstdio>
#include <utility>

#include "core/error.h"
#include "core/platform/memory.h"
#include "core/platform/paths.h"
#include "io/safetensors_writer.h"
#include "pipelines/live_preview.h"
#include "pipelines/picture_file.h"

namespace fude::apps {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

}  // namespace

PictureMaker::PictureMaker(CLI::App& command, std::string folder)
    : engine_(command), saving_(command), film_(command), folder_(std::move(folder)) {
  command
      .add_option("--out", out_,
                  "a file (one picture) or a folder for the pictures; default: the outputs folder below "
                  "--data-dir")
      ->type_name("PATH");
  command.add_option("--data-dir", data_dir_text_, "where models and outputs lie; default: $XDG_DATA_HOME/fude")
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

void PictureMaker::begin() {
  if (interrupt_) return;
  film_.options();  // says now what cannot be
  start_ = Clock::now();
  interrupt_.emplace();
  data_dir_ = platform::data_dir_or_default(data_dir_text_);
  library_.emplace(pipelines::ModelLibrary::of_data_dir(data_dir_));
}

void PictureMaker::make(const pipelines::GenerationRequest& request) {
  begin();
  const pipelines::PictureJobs jobs = expanded(request);
  const pipelines::OutputFiles outputs(out(), pipelines::dated_output_folder(data_dir_, folder_), jobs.picture_count(),
                                       ending());
  load(jobs.requests.front());
  const Save save = [&](const pipelines::FinishedPicture& picture, const pipelines::EncodedPicture& file) {
    return save_encoded(outputs, file, saving_.options(out_), picture.request.seed);
  };
  make_jobs(jobs, save, "sampling");
}

void PictureMaker::make(const pipelines::GenerationRequest& request, const Save& save, const std::string& label) {
  begin();
  const pipelines::PictureJobs jobs = expanded(request);
  load(jobs.requests.front());
  make_jobs(jobs, save, label);
}

pipelines::WordFiles PictureMaker::word_files() const {
  auto files = pipelines::WordFiles::of_data_dir(data_dir());
  if (!styles_files_.empty()) files.styles.assign(styles_files_.begin(), styles_files_.end());
  return files;
}

pipelines::PictureJobs PictureMaker::expanded(const pipelines::GenerationRequest& request) const {
  if (request.sd_upscale && film_.options()) {
    fail(ErrorCode::kInvalidArgument,
         "--film is given for SD upscale, which draws one tile after the other: leave one of them out");
  }
  pipelines::PictureJobs jobs = pipelines::expand_words(request, word_files());
  for (const std::string& warning : jobs.warnings) std::fprintf(stderr, "fude: warning: %s\n", warning.c_str());
  return jobs;
}

void PictureMaker::load(const pipelines::GenerationRequest& request) {
  if (model_) return;
  {
    const StatusLine status("loading the model");
    model_.emplace(pipelines::load_picture_model(*library_, request, engine_.apply()));
  }
  load_seconds_ = seconds_since(start_);
  tell_memory();
}

void PictureMaker::make_loops(const pipelines::GenerationRequest& request, const pipelines::Loopback& loops) {
  begin();
  const pipelines::PictureJobs jobs = expanded(request);
  const pipelines::OutputFiles outputs(out(), pipelines::dated_output_folder(data_dir_, folder_),
                                       jobs.picture_count() * loops.loops, ending());
  load(jobs.requests.front());
  const Save save = [&](const pipelines::FinishedPicture& picture, const pipelines::EncodedPicture& file) {
    return save_encoded(outputs, file, saving_.options(out_), picture.request.seed);
  };
  watch(save, "sampling", [&](const pipelines::TextToImageEvents& events) {
    for (const pipelines::GenerationRequest& job : jobs.requests) run_loopback(*model_, job, loops, events);
  });
}

void PictureMaker::make_jobs(const pipelines::PictureJobs& jobs, const Save& save, const std::string& label) {
  watch(save, label, [&](const pipelines::TextToImageEvents& events) {
    const pipelines::LatentRecord latents = pipelines::run_picture_jobs(*model_, jobs.requests, events);
    if (latents_file_.empty() || !latents.latent.defined()) return;
    io::write_safetensors(latents_file_, {{"noise", latents.noise}, {"latent", latents.latent}}, {});
  });
}

void PictureMaker::watch(const Save& save, const std::string& label,
                         const std::function<void(const pipelines::TextToImageEvents&)>& run) {
  std::optional<StatusLine> status("reading the words");
  std::optional<ProgressBar> bar;
  std::optional<pipelines::FilmMaker> films;
  if (const auto options = film_.options()) films.emplace(*library_, *model_, *options);
  pipelines::LatentListener preview;
  if (!preview_file_.empty()) preview = pipelines::preview_writer(*library_, *model_, preview_file_);
  pipelines::TextToImageEvents events{
      .on_step =
          [&](int done, int total) {
            status.reset();
            if (!bar) bar.emplace(label, total);
            bar->update(done);
            if (done == total) {
              bar.reset();
              status.emplace("decoding");
            }
            check_interrupted();
          },
      .on_warning =
          [&](const std::string& warning) {
            status.reset();
            if (told_.insert(warning).second) std::fprintf(stderr, "fude: warning: %s\n", warning.c_str());
          },
      .continuation =
          [&] {
            check_interrupted();
            return pipelines::Continuation::kGoOn;
          },
      .on_picture =
          [&](const pipelines::FinishedPicture& picture, const pipelines::StageSeconds& seconds) {
            status.reset();
            if (bar) bar->wipe();
            const pipelines::SavingOptions saving = saving_.options(out_);
            const std::filesystem::path path = save(picture, encode_picture_as(picture, saving));
            write_copies(path, picture.copies, picture.infotext, saving);
            if (picture.init) write_init_picture(data_dir_ / "outputs" / "init-images", *picture.init);
            tell(path, picture, seconds, films ? film_.write(films->film_of(picture)) : "");
            check_interrupted();
          },
  };
  if (films || preview) {
    events.on_denoised = [&](const at::Tensor& denoised) {
      if (films) films->add_step(denoised);
      if (preview) preview(denoised);
    };
  }
  run(events);
}

// Where a GPU's memory goes; on a processor only to those who asked.
void PictureMaker::tell_memory() {
  const bool is_gpu = !model_->engine.device.is_cpu();
  const std::string text = pipelines::describe(model_->memory, is_gpu ? "GPU" : "processor");
  if (is_gpu || model_->engine.memory != pipelines::MemoryMode::kAuto) std::fprintf(stderr, "fude: %s\n", text.c_str());
  memory_ = {{"mode", pipelines::name_of(model_->memory.mode)},
             {"plan", text},
             {"needed_bytes", model_->memory.needed},
             {"free_bytes", model_->memory.memory ? nlohmann::ordered_json(model_->memory.memory->free)
                                                  : nlohmann::ordered_json(nullptr)}};
}

void PictureMaker::tell(const std::filesystem::path& path, const pipelines::FinishedPicture& picture,
                        const pipelines::StageSeconds& seconds, const std::filesystem::path& film) const {
  if (!prints_json_) {
    std::printf("%s\n", path.c_str());
  } else {
    nlohmann::ordered_json line = {
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
    if (!film.empty()) line["film"] = film.string();
    std::printf("%s\n", line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
  }
  std::fflush(stdout);
}

}  // namespace fude::apps
