#include <chrono>
#include <cstdio>
#include <memory>

#include "command.h"
#include "core/platform/interrupt.h"
#include "core/platform/terminal.h"
#include "inspect_report.h"
#include "progress_bar.h"
#include "weights/model_files.h"

namespace fude::apps {
namespace {

struct Arguments {
  std::string file;
  bool wants_json = false;
};

/// Draws a bar for files that take longer than a second, and stops on Ctrl-C.
class HashingProgress {
 public:
  HashingProgress(const Cancellation& cancellation, std::size_t total)
      : cancellation_(cancellation), bar_("hashing", static_cast<std::int64_t>(total / kMebibyte), "MiB") {}

  void operator()(std::size_t done) {
    cancellation_.check();
    if (std::chrono::steady_clock::now() - start_ < std::chrono::seconds(1)) return;
    bar_.update(static_cast<std::int64_t>(done / kMebibyte));
  }

 private:
  static constexpr std::size_t kMebibyte = std::size_t{1} << 20;

  const Cancellation& cancellation_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  ProgressBar bar_;
};

Inspection inspect(const std::string& path, const Cancellation& cancellation) {
  const io::TensorFile file = weights::open_model(path);
  Inspection inspection{.file = path,
                        .format = std::string(io::format_name(file.format())),
                        .byte_count = file.byte_count(),
                        .summary = models::summarize(file),
                        .hashes = {},
                        .adapter_hash = {},
                        .metadata = file.metadata()};
  HashingProgress progress(cancellation, file.bytes().size());
  inspection.hashes = io::model_hashes(file, std::ref(progress));
  if (inspection.summary.detection.kind == models::FileKind::kAdapter) {
    inspection.adapter_hash = io::adapter_hash(file, [&](std::size_t) { cancellation.check(); });
  }
  return inspection;
}

void run(const Arguments& arguments) {
  const InterruptGuard interrupt;
  const Inspection inspection = inspect(arguments.file, interrupt.cancellation());
  if (arguments.wants_json) {
    std::printf("%s\n", json_report(inspection).c_str());
  } else {
    std::printf("%s", text_report(inspection, terminal_width()).c_str());
  }
}

}  // namespace

void add_inspect_command(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("inspect", "show what a model file is: architecture, types, hashes, metadata");
  command
      ->add_option("FILE", arguments->file,
                   "a .safetensors, .ckpt, .pt or .gguf file, or a folder in the diffusers layout")
      ->required();
  command->add_flag("--json", arguments->wants_json, "one JSON object on standard output");
  command->callback([arguments] { run(*arguments); });
}

}  // namespace fude::apps
