#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/platform/interrupt.h"
#include "core/platform/mapped_file.h"
#include "core/platform/paths.h"
#include "engine_flags.h"
#include "io/images/png_file.h"
#include "judge_command.h"
#include "judge_drawing.h"
#include "pipelines/text_to_image.h"
#include "progress_bar.h"
#include "training/judge/examination_captions.h"
#include "training/sheet.h"

namespace fude::apps {
namespace {

namespace fs = std::filesystem;

class JudgeDrawCommand {
 public:
  explicit JudgeDrawCommand(CLI::App& command) : engine_(command) {
    command.add_option("--out", folder_, "Folder for NNNNNN.png; pictures that are there already are kept")->required();
    command.add_option("--model", model_, "Checkpoint: a path or a name; default: the embedded model");
    command.add_option("--count", count_, "Pictures to draw, 1..100000, default 500")->check(CLI::Range(1, 100000));
    command.add_option("--first", first_, "Number of the first picture, 0..1000000, default 0")
        ->check(CLI::Range(0, 1000000));
    command.add_option("--seed", seed_, "Which captions; picture N has the seed S + N; default 500")
        ->check(CLI::Range(0, 2000000000));
    command.add_option("--sheet", sheet_, "PNG file that shows all pictures side by side");
    command.add_option("--columns", columns_, "Pictures in a row of the sheet, 1..64, default 6")
        ->check(CLI::Range(1, 64));
  }

  void run() const {
    const InterruptGuard interrupt;
    make_folder();
    const pipelines::GenerationRequest request = examination_request(model_);
    pipelines::PictureModel model = pipelines::load_picture_model(
        pipelines::ModelLibrary::of_data_dir(platform::default_data_dir()), request, engine_.apply());
    {
      ProgressBar bar("drawing", count_);
      for (int index = first_; index < first_ + count_; ++index) {
        if (fs::exists(path_of(index)))
          check_origin(path_of(index), index, model);
        else
          draw(index, request, model, interrupt.cancellation());
        bar.update(index - first_ + 1);
      }
    }
    fmt::print("{}\n", folder_);
    if (sheet_.empty()) return;
    write_sheet();
    fmt::print("{}\n", sheet_);
  }

 private:
  fs::path path_of(int index) const { return fs::path(folder_) / fmt::format("{:06}.png", index); }

  void make_folder() const {
    std::error_code error;
    fs::create_directories(folder_, error);
    if (!fs::is_directory(folder_))
      fail(ErrorCode::kInvalidArgument, "folder '{}' cannot be made: {}", printable(folder_),
           error ? error.message() : "a file of that name is there");
  }

  std::string caption(int index) const {
    return judge::examination_caption(static_cast<std::uint64_t>(seed_), static_cast<std::uint64_t>(index));
  }

  void draw(int index, const pipelines::GenerationRequest& request, pipelines::PictureModel& model,
            const Cancellation& cancellation) const {
    const pipelines::FinishedPicture picture = draw_examination_picture(model, request, seed_, index, cancellation);
    const std::vector<io::PngText> texts{{.keyword = "parameters", .text = picture.infotext}};
    io::write_png(path_of(index), picture.image, texts);
  }

  /// A picture of an earlier run must be of this model and caption.
  void check_origin(const fs::path& path, int index, const pipelines::PictureModel& model) const {
    const auto mapped = platform::MappedFile::open(path);
    const io::PngTexts stored = io::read_png_texts(mapped->bytes());
    const auto text = io::find_text(stored.texts, "parameters");
    if (text && text->starts_with(caption(index) + "\n") && text->find(model.hash.digits()) != std::string::npos)
      return;
    fail(ErrorCode::kInvalidArgument, "picture '{}' is of another model or caption, choose an empty folder",
         printable(path.string()));
  }

  void write_sheet() const {
    std::vector<at::Tensor> pictures;
    for (int index = first_; index < first_ + count_; ++index) {
      const io::Image image = io::read_png(path_of(index));
      pictures.push_back(at::tensor(image.pixels, at::kByte).view({image.height, image.width, image.channels}));
    }
    training::write_sheet(sheet_, at::stack(pictures), std::min(columns_, count_));
  }

  EngineFlags engine_;
  std::string folder_, model_, sheet_;
  int first_ = 0;
  int count_ = 500;
  std::int64_t seed_ = 500;
  int columns_ = 6;
};

}  // namespace

void add_judge_draw_command(CLI::App& judge) {
  CLI::App* command = judge.add_subcommand(
      "draw",
      "make pictures from random captions with a model, for 'fude judge score': 20 steps DPM++ 2M Karras, CFG 6.5");
  const auto state = std::make_shared<JudgeDrawCommand>(*command);
  command->callback([state] { state->run(); });
}

}  // namespace fude::apps
