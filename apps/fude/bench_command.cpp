#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "bench_report.h"
#include "command.h"
#include "core/error.h"
#include "core/platform/interrupt.h"
#include "core/platform/memory.h"
#include "core/platform/paths.h"
#include "core/platform/processors.h"
#include "engine_flags.h"
#include "models/random_checkpoint.h"
#include "ops/cpu/thread_pool.h"
#include "pipelines/request_fields.h"
#include "progress_bar.h"

namespace fude::apps {
namespace {

std::optional<models::RandomFamily> random_family(const std::string& model) {
  if (model == "random-sd15") return models::RandomFamily::kStableDiffusion1;
  if (model == "random-sdxl") return models::RandomFamily::kSdxl;
  return std::nullopt;
}

/// "512" or "512x768".
void set_size(pipelines::GenerationRequest& request, const std::string& size) {
  if (size.empty()) return;
  const std::size_t cross = size.find_first_of("xX");
  const std::string width = size.substr(0, cross);
  pipelines::set_field_text(request, *pipelines::find_request_field("width"), width);
  pipelines::set_field_text(request, *pipelines::find_request_field("height"),
                            cross == std::string::npos ? width : size.substr(cross + 1));
}

class BenchCommand {
 public:
  explicit BenchCommand(CLI::App& command) : engine_(command) {
    command
        .add_option("--model", model_,
                    "checkpoint: a path or a name; random-sd15 or random-sdxl for random weights of that size "
                    "(written to the temporary folder: 2.1 or 6.9 GB); default: the embedded model")
        ->type_name("NAME");
    command
        .add_option("--size", size_, "of the picture: WxH or one number for a square; default: the model's native size")
        ->type_name("WxH");
    command.add_option("--steps", steps_, "1..150, default 20")
        ->type_name("N")
        ->check(CLI::Range(1, 150).description(""));
    command.add_option("--runs", runs_, "pictures to make, 1..1000, default 1")
        ->type_name("N")
        ->check(CLI::Range(1, 1000).description(""));
    command.add_option("--keep", keep_, "folder where a checkpoint of random weights stays for the next time")
        ->type_name("DIR");
    command.add_option("--data-dir", data_dir_, "where models lie; default: $XDG_DATA_HOME/fude")->type_name("DIR");
    command.add_flag("--json", prints_json_, "print one JSON object");
  }

  void run() {
    const InterruptGuard interrupt;
    const pipelines::EngineOptions engine = engine_.apply();
    pipelines::GenerationRequest request = make_request();
    std::optional<StatusLine> status("measuring the processor");
    BenchReport report = machine_report(engine);
    interrupt.cancellation().check();
    const auto checkpoint = random_checkpoint(status);
    if (checkpoint) request.model = checkpoint->path().string();
    interrupt.cancellation().check();

    status.emplace("loading the model");
    std::optional<ProgressBar> bar;
    report.speed =
        pipelines::measure_speed(pipelines::ModelLibrary::of_data_dir(platform::data_dir_or_default(data_dir_)),
                                 request, engine, runs_, [&](int done, int total) {
                                   status.reset();
                                   if (!bar) bar.emplace("sampling", total);
                                   bar->update(done);
                                   interrupt.cancellation().check();
                                 });
    if (bar) bar->wipe();
    if (checkpoint) report.speed.model = model_;
    report.request = request;
    report.peak_memory = platform::peak_memory();
    const std::string text = prints_json_ ? bench_json(report).dump() + "\n" : bench_table(report);
    std::fwrite(text.data(), 1, text.size(), stdout);
  }

 private:
  pipelines::GenerationRequest make_request() const {
    pipelines::GenerationRequest request;
    request.prompt = "1girl, sky, smile";
    request.negative_prompt = "(worst quality, low quality:1.4)";
    request.model = model_;
    request.sampler = "Euler a";
    request.steps = steps_;
    request.cfg_scale = 7;
    request.seed = 1;
    set_size(request, size_);
    pipelines::normalise(request);
    pipelines::resolve_seeds(request);
    return request;
  }

  std::unique_ptr<models::RandomCheckpoint> random_checkpoint(std::optional<StatusLine>& status) const {
    const auto family = random_family(model_);
    if (!family) return nullptr;
    return std::make_unique<models::RandomCheckpoint>(
        *family, keep_, [&](const std::filesystem::path&) { status.emplace("writing random weights"); });
  }

  static BenchReport machine_report(const pipelines::EngineOptions& engine) {
    BenchReport report{.device = engine.device.str()};
    if (!engine.device.is_cpu()) return report;
    report.device = platform::processor_name();
    const ops::cpu::InstructionSet set = ops::cpu::instruction_set();
    report.instruction_set = ops::cpu::name_of(set);
    report.threads = ops::cpu::compute_pool().threads();
    const bool is_bf16 = engine.type == at::kBFloat16;
    report.peak = ops::cpu::measure_peak_rate(set, is_bf16 ? ops::cpu::Products::kBfloat16 : ops::cpu::Products::kFloat,
                                              report.threads);
    return report;
  }

  EngineFlags engine_;
  std::string model_, size_, keep_, data_dir_;
  int steps_ = 20;
  int runs_ = 1;
  bool prints_json_ = false;
};

}  // namespace

void add_bench_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("bench", "tell how fast this machine makes pictures");
  command->footer(
      "A step is one with both halves of the guidance. The peak is what multiply-adds\n"
      "in registers reach here, measured in the same run.\n"
      "Examples:\n"
      "  fude bench\n"
      "  fude bench --model my-model.safetensors --size 512 --precision bf16\n"
      "  fude bench --model random-sd15 --size 512 --runs 3 --json");
  const auto state = std::make_shared<BenchCommand>(*command);
  command->callback([state] { state->run(); });
}

}  // namespace fude::apps
