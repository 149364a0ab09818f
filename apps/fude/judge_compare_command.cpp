#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/platform/interrupt.h"
#include "core/platform/paths.h"
#include "engine_flags.h"
#include "io/images/picture_difference.h"
#include "judge_command.h"
#include "judge_drawing.h"
#include "progress_bar.h"

namespace fude::apps {
namespace {

class JudgeCompareCommand {
 public:
  explicit JudgeCompareCommand(CLI::App& command) : engine_(command) {
    command.add_option("--against", against_, "Precision to compare with: fp32 (default), bf16 or fp16")
        ->check(CLI::IsMember({"fp32", "bf16", "fp16"}).description(""));
    command.add_option("--model", model_, "Checkpoint: a path or a name; default: the embedded model");
    command.add_option("--count", count_, "Pictures to draw twice, 1..100000, default 50")
        ->check(CLI::Range(1, 100000).description(""));
    command.add_option("--seed", seed_, "Which captions; picture N has the seed S + N; default 500")
        ->check(CLI::Range(0, 2000000000).description(""));
    command.add_option("--require", required_, "Fail (exit code 3) when the mean is below this many dB")
        ->check(CLI::NonNegativeNumber.description(""));
    command.add_flag("--json", prints_json_, "Print one JSON object");
  }

  void run() const {
    const InterruptGuard interrupt;
    const pipelines::EngineOptions engine = engine_.apply();
    const pipelines::EngineOptions exact = pipelines::choose_engine(engine.device.str(), against_);
    const pipelines::GenerationRequest request = examination_request(model_);
    const auto library = pipelines::ModelLibrary::of_data_dir(platform::default_data_dir());
    pipelines::PictureModel model = pipelines::load_picture_model(library, request, engine);
    pipelines::PictureModel reference = pipelines::load_picture_model(library, request, exact);
    std::vector<double> ratios;  // dB, picture by picture
    {
      ProgressBar bar("drawing", count_);
      for (int index = 0; index < count_; ++index) {
        const auto drawn = draw_examination_picture(model, request, seed_, index, interrupt.cancellation());
        const auto wanted = draw_examination_picture(reference, request, seed_, index, interrupt.cancellation());
        ratios.push_back(io::signal_to_noise(wanted.image, drawn.image));
        bar.update(index + 1);
      }
    }
    report(pipelines::precision_name(engine), ratios);
  }

 private:
  void report(const std::string& precision, const std::vector<double>& ratios) const {
    double sum = 0;
    for (const double ratio : ratios) sum += ratio;
    const double mean = sum / static_cast<double>(ratios.size());
    const auto least = std::ranges::min_element(ratios);
    const auto worst = least - ratios.begin();
    if (prints_json_) {
      const nlohmann::ordered_json json = {{"precision", precision}, {"against", against_}, {"mean", mean},
                                           {"least", *least},        {"worst", worst},      {"pictures", ratios}};
      fmt::print("{}\n", json.dump());
    } else {
      fmt::print("{} against {}, {} pictures: PSNR {:.1f} dB on average, {:.1f} dB at least (picture {})\n", precision,
                 against_, ratios.size(), mean, *least, worst);
    }
    std::fflush(stdout);
    if (mean < required_)
      fail(ErrorCode::kCorruptFile, "{} differs from {} by {:.1f} dB on average, expected at least {}", precision,
           against_, mean, required_);
  }

  EngineFlags engine_;
  std::string against_ = "fp32";
  std::string model_;
  int count_ = 50;
  std::int64_t seed_ = 500;
  double required_ = 0;
  bool prints_json_ = false;
};

}  // namespace

void add_judge_compare_command(CLI::App& judge) {
  CLI::App* command = judge.add_subcommand(
      "compare", "draw the pictures of 'fude judge draw' in two precisions and tell how far they differ");
  const auto state = std::make_shared<JudgeCompareCommand>(*command);
  command->callback([state] { state->run(); });
}

}  // namespace fude::apps
