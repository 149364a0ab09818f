#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command.h"
#include "core/error.h"
#include "core/platform/interrupt.h"
#include "core/platform/paths.h"
#include "engine_flags.h"
#include "pipelines/verification.h"
#include "progress_bar.h"

namespace fude::apps {
namespace {

using pipelines::Verdict;
using pipelines::Verification;
using Json = nlohmann::ordered_json;

constexpr int kDifferent = 6, kMissing = 3;  // exit codes

std::string verdict_text(const Verification& verification) {
  const io::LevelDifference& difference = verification.difference;
  const std::string amount = fmt::format("{:.3g}% of the pixels differ, by {} level{} at most", 100 * difference.share,
                                         difference.most, difference.most == 1 ? "" : "s");
  switch (verification.verdict) {
    case Verdict::kExact: return "bit-exact";
    case Verdict::kWithin: return fmt::format("within {} levels: {}", verification.within, amount);
    case Verdict::kMissing: return "not made again: something is missing";
    case Verdict::kDifferent: break;
  }
  if (difference.most == 0) return "different";
  return fmt::format("different: {}, within {}x{} at {},{}", amount, difference.width, difference.height,
                     difference.left, difference.top);
}

// What the command line can do about it.
std::string_view hint_for(std::string_view part) {
  if (part == "model") return " (or name another with --model)";
  if (part == pipelines::kInitPart || part == pipelines::kFirstPassPart) return " (--init FILE)";
  return part == pipelines::kMaskPart ? " (--mask FILE)" : "";
}

std::string report_text(const std::string& file, const Verification& verification) {
  std::string text = fmt::format("{}: {}\n", printable(file), verdict_text(verification));
  if (!verification.model.empty()) {
    text += fmt::format("  made again by {} [{}] in {}\n", printable(verification.model, 60), verification.model_hash,
                        verification.used ? to_text(*verification.used) : "");
  }
  for (const pipelines::MissingPart& part : verification.missing) {
    text += fmt::format("  missing: {}{}\n", part.message, hint_for(part.part));
  }
  for (const std::string& note : verification.notes) text += fmt::format("  note: {}\n", note);
  return text;
}

Json profile_json(const std::optional<pipelines::EngineProfile>& profile) {
  if (!profile) return nullptr;
  return {{"device", profile->device}, {"precision", profile->precision}, {"kernels", profile->kernels}};
}

Json report_json(const std::string& file, const Verification& verification) {
  const io::LevelDifference& difference = verification.difference;
  Json missing = Json::array();
  for (const pipelines::MissingPart& part : verification.missing) {
    missing.push_back({{"part", part.part}, {"name", part.name}, {"hash", part.hash}, {"message", part.message}});
  }
  return {{"file", file},
          {"verdict", name_of(verification.verdict)},
          {"within", verification.within},
          {"levels", difference.most},
          {"differing_share", difference.share},
          {"region", difference.most == 0 ? Json(nullptr)
                                          : Json{{"x", difference.left},
                                                 {"y", difference.top},
                                                 {"width", difference.width},
                                                 {"height", difference.height}}},
          {"model", verification.model},
          {"model_hash", verification.model_hash},
          {"recorded_engine", profile_json(verification.recorded)},
          {"used_engine", profile_json(verification.used)},
          {"missing", std::move(missing)},
          {"notes", verification.notes}};
}

int exit_code_of(Verdict verdict) {
  if (verdict == Verdict::kMissing) return kMissing;
  return verdict == Verdict::kDifferent ? kDifferent : 0;
}

/// The model that was used last, for the next picture.
class LastModel {
 public:
  pipelines::PictureModel& take(const pipelines::ModelLibrary& library, const pipelines::GenerationRequest& request,
                                const pipelines::EngineOptions& engine) {
    const std::string key = fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}x{} {}", request.model, request.text_encoder,
                                        request.vae, request.refiner, request.enable_hr ? request.hr_checkpoint : "",
                                        to_text(profile_of(engine)), request.width, request.height, request.vae_tiling);
    if (model_ && key == key_ && !library.is_renamed()) return *model_;
    model_.reset();  // before the next one takes its memory
    const StatusLine status("loading the model");
    model_.emplace(load_picture_model(library, request, engine));
    key_ = library.is_renamed() ? std::string() : key;
    return *model_;
  }

 private:
  std::optional<pipelines::PictureModel> model_;
  std::string key_;
};

class VerifyCommand {
 public:
  explicit VerifyCommand(CLI::App& command) : engine_(command) {
    command.add_option("PICTURE", pictures_, "PNG, JPEG or WebP pictures that say how they were made")->required();
    command.add_option("--within", within_, "by how many levels of 0..255 it may differ (default 0: by none)")
        ->type_name("N")
        ->check(CLI::Range(0, 255).description(""));
    command.add_option("--model", model_, "make it with this model instead of the one with the hash it names")
        ->type_name("NAME|PATH");
    command.add_option("--init", init_, "the picture that it was made from (img2img, hires of a finished picture)")
        ->type_name("FILE");
    command.add_option("--mask", mask_, "the mask that it was made with")->type_name("FILE");
    command.add_option("--data-dir", data_dir_, "where models lie; default: $XDG_DATA_HOME/fude")->type_name("DIR");
    command.add_flag("--json", prints_json_, "print one JSON object a picture");
  }

  void run() {
    interrupt_.emplace();
    engine_.apply();  // the number of threads; precision and device may become the picture's
    const auto library = pipelines::ModelLibrary::of_data_dir(platform::data_dir_or_default(data_dir_));
    int code = 0;
    for (const std::string& picture : pictures_) {
      const int own = verify(library, picture);
      if (code == 0 || own == kMissing) code = own;
    }
    if (code != 0) throw CLI::RuntimeError(code);
  }

 private:
  int verify(const pipelines::ModelLibrary& library, const std::string& picture) {
    try {
      const Verification verification = make_again(library, picture);
      print(prints_json_
                ? report_json(picture, verification).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"
                : report_text(picture, verification));
      return exit_code_of(verification.verdict);
    } catch (const Error& error) {
      const bool concerns_file = error.code() == ErrorCode::kCorruptFile || error.code() == ErrorCode::kNotFound;
      if (!concerns_file || pictures_.size() == 1) throw;
      std::fprintf(stderr, "fude: error: %s\n", error.what());  // the others are looked at all the same
      return kMissing;
    }
  }

  Verification make_again(const pipelines::ModelLibrary& library, const std::string& picture) {
    pipelines::VerificationOrder order{
        .file = pipelines::read_picture_bytes(picture), .name = picture, .model = model_, .within = within_};
    if (!init_.empty()) order.init = pipelines::read_picture_bytes(init_);
    if (!mask_.empty()) order.mask = pipelines::read_picture_bytes(mask_);
    std::optional<StatusLine> status("reading the picture");
    std::optional<ProgressBar> bar;
    const pipelines::VerificationTools tools{
        .wishes = engine_.wishes(),
        .take_model = [&](const auto& own, const auto& request, const auto& engine) -> pipelines::PictureModel& {
          status.reset();
          return last_.take(own, request, engine);
        },
        .on_file =
            [&](const std::filesystem::path& path) {
              status.reset();
              status.emplace("hashing " + printable(path.filename().string(), 60));
              interrupt_->cancellation().check();
            },
        .on_step =
            [&](int done, int total) {
              if (!bar) bar.emplace("sampling", total);
              bar->update(done);
              if (done == total) bar.reset();
              interrupt_->cancellation().check();
            }};
    return verify_picture(library, order, tools);
  }

  void print(const std::string& text) const {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }

  EngineFlags engine_;
  std::optional<InterruptGuard> interrupt_;
  LastModel last_;
  std::vector<std::string> pictures_;
  std::string model_, init_, mask_, data_dir_;
  int within_ = 0;
  bool prints_json_ = false;
};

}  // namespace

void add_verify_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("verify", "make a picture again from what it says of itself, and compare");
  command->footer(
      "The model and everything else is found by the hashes that the picture names, whatever the files are called "
      "now.\n"
      "Exit codes: 0 the same (or within --within levels), 6 different, 3 something is missing or the file is "
      "damaged.\n"
      "Examples:\n"
      "  fude verify picture.png\n"
      "  fude verify *.jpg --within 40 --json\n"
      "  fude verify redrawn.png --init photo.png --mask face.png");
  const auto state = std::make_shared<VerifyCommand>(*command);
  command->callback([state] { state->run(); });
}

}  // namespace fude::apps
