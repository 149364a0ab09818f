#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/platform/interrupt.h"
#include "core/platform/paths.h"
#include "engine_flags.h"
#include "film_flags.h"
#include "pipelines/loopback.h"
#include "pipelines/output_files.h"
#include "pipelines/picture_jobs.h"
#include "pipelines/word_expansion.h"
#include "progress_bar.h"
#include "saving_flags.h"

namespace fude::apps {

/// What commands that make pictures share: one model, where the pictures go, progress and what is printed.
class PictureMaker {
 public:
  /// Adds --out, --data-dir, --styles-file, --save-latents, --preview, --json, the engine's, the film's
  /// (film_flags.h) and the file's (saving_flags.h). `folder`: below
  /// the outputs, where pictures go by default. Must outlive `command`'s parsing.
  PictureMaker(CLI::App& command, std::string folder);

  /// Makes the pictures of one request, normalised and with its seeds resolved. Throws Error.
  void make(const pipelines::GenerationRequest& request);

  /// The same, each picture made from the one before it.
  void make_loops(const pipelines::GenerationRequest& request, const pipelines::Loopback& loops);

  /// Writes a finished picture's file and says where.
  using Save =
      std::function<std::filesystem::path(const pipelines::FinishedPicture&, const pipelines::EncodedPicture& file)>;

  /// The same for one of several requests, which share the first one's model; `label` begins the progress line.
  void make(const pipelines::GenerationRequest& request, const Save& save, const std::string& label);

  /// As --out says; absent where it is not given.
  std::optional<std::filesystem::path> out() const {
    return out_.empty() ? std::nullopt : std::optional<std::filesystem::path>(out_);
  }

  /// The ending of the pictures' names, as --format and --out say.
  std::string ending() const { return saving_.ending(out_); }

  /// As the other flags say.
  std::filesystem::path data_dir() const { return platform::data_dir_or_default(data_dir_text_); }
  pipelines::WordFiles word_files() const;
  bool prints_json() const { return prints_json_; }
  const EngineFlags& engine() const { return engine_; }

  /// Throws Error(kCancelled) after Ctrl-C.
  void check_interrupted() const { interrupt_->cancellation().check(); }

 private:
  using Clock = std::chrono::steady_clock;

  void begin();
  pipelines::PictureJobs expanded(const pipelines::GenerationRequest& request) const;
  void load(const pipelines::GenerationRequest& request);
  void make_jobs(const pipelines::PictureJobs& jobs, const Save& save, const std::string& label);
  /// Calls `run` with events that show progress and save pictures.
  void watch(const Save& save, const std::string& label,
             const std::function<void(const pipelines::TextToImageEvents&)>& run);
  void tell_memory();
  void tell(const std::filesystem::path& path, const pipelines::FinishedPicture& picture,
            const pipelines::StageSeconds& seconds, const std::filesystem::path& film) const;

  EngineFlags engine_;
  SavingFlags saving_;
  FilmFlags film_;
  std::string folder_;
  std::string out_, data_dir_text_, latents_file_, preview_file_;
  std::vector<std::string> styles_files_;
  bool prints_json_ = false;
  std::optional<InterruptGuard> interrupt_;
  std::filesystem::path data_dir_;
  std::optional<pipelines::ModelLibrary> library_;
  std::optional<pipelines::PictureModel> model_;
  std::set<std::string> told_;  // warnings: many jobs may lack one and the same file
  Clock::time_point start_;
  double load_seconds_ = 0;
  nlohmann::ordered_json memory_;
};

}  // namespace fude::apps
