#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command.h"
#include "core/error.h"
#include "core/platform/interrupt.h"
#include "core/platform/paths.h"
#include "merging/merge_models.h"
#include "models/embedded/embedded_model.h"
#include "pipelines/model_library.h"
#include "progress_bar.h"

namespace fude::apps {
namespace {

struct MergeFlags {
  std::string a, b, c, autoencoder, out, data_dir;
  std::string method = "weighted-sum";
  std::string type = "same";
  std::string discard;
  double alpha = 0.3, beta = 0;
  std::string alpha_blocks, beta_blocks;
  std::vector<std::string> alpha_ranges, beta_ranges;
};

std::string method_help() {
  std::string help = "how (default weighted-sum):";
  for (const auto& entry : merging::kMergeMethods) help += fmt::format("\n{}: {}", entry.id, entry.help);
  return help;
}

merging::Parent open_parent(const std::string& name, const std::filesystem::path& path) {
  if (!path.empty()) return merging::Parent::open(path);
  return {.name = name, .file = models::embedded_model()};
}

merging::MergeParents open_parents(const MergeFlags& flags, const pipelines::ModelLibrary& library) {
  const auto open = [&](const std::string& name) { return open_parent(name, library.find_checkpoint(name)); };
  merging::MergeParents parents{.a = open(flags.a)};
  if (!flags.b.empty()) parents.b = open(flags.b);
  if (!flags.c.empty()) parents.c = open(flags.c);
  if (!flags.autoencoder.empty())
    parents.autoencoder = merging::Parent::open(library.find_autoencoder(flags.autoencoder));
  return parents;
}

merging::BlockWeights block_weights(double base, const std::string& blocks, const std::vector<std::string>& ranges,
                                    merging::BlockLayout layout) {
  merging::BlockWeights weights =
      blocks.empty() ? merging::BlockWeights(base, layout) : merging::BlockWeights::parse(blocks, base, layout);
  for (const std::string& range : ranges) weights.assign(range);
  return weights;
}

// The result's name holds the parents' names, which must not become folders.
std::filesystem::path default_place(std::string name, const std::filesystem::path& models) {
  for (char& c : name) c = c == '/' || c == '\\' ? '_' : c;
  const std::filesystem::path folder = models / "Stable-diffusion";
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    fail(ErrorCode::kInvalidArgument, "folder '{}' cannot be made: {}", printable(folder.string()), failed.message());
  }
  return folder / (name + ".safetensors");
}

void run(const MergeFlags& flags) {
  const InterruptGuard interrupt;
  const std::filesystem::path data_dir =
      flags.data_dir.empty() ? platform::default_data_dir() : std::filesystem::path(flags.data_dir);
  const merging::MergeParents parents = open_parents(flags, pipelines::ModelLibrary(data_dir / "models"));
  const merging::BlockLayout layout = merging::layout_of(parents.a.file);
  const merging::MergeOptions options{
      .method = merging::find_merge_method(flags.method).method,
      .alpha = block_weights(flags.alpha, flags.alpha_blocks, flags.alpha_ranges, layout),
      .beta = block_weights(flags.beta, flags.beta_blocks, flags.beta_ranges, layout),
      .type = merging::parse_merge_type(flags.type),
      .discard = flags.discard,
  };
  const std::filesystem::path out = flags.out.empty()
                                        ? default_place(merging::merge_name(parents, options), data_dir / "models")
                                        : std::filesystem::path(flags.out);
  std::optional<ProgressBar> bar;
  std::string stage_shown;
  const merging::MergeEvents events{.on_progress = [&](std::string_view stage, std::size_t done, std::size_t total) {
    interrupt.cancellation().check();
    if (stage_shown != stage) {
      stage_shown = stage;
      bar.emplace(std::string(stage), static_cast<std::int64_t>(total));
    }
    bar->update(static_cast<std::int64_t>(done));
  }};
  const merging::MergeReport report = merging::merge_models(parents, options, out, events);
  bar.reset();
  for (const std::string& warning : report.warnings) std::fprintf(stderr, "fude: warning: %s\n", warning.c_str());
  std::fprintf(stderr, "%zu tensors merged, %zu taken as they were, %zu left out\n", report.merged, report.kept,
               report.discarded);
  std::printf("%s\n", out.c_str());
}

void add_weight_flags(CLI::App& command, MergeFlags& flags) {
  command.add_option("--alpha", flags.alpha, "weight of B, or of the difference (default 0.3)")->type_name("N");
  command.add_option("--beta", flags.beta, "weight of C in sum-twice and triple-sum (default 0)")->type_name("N");
  command
      .add_option(
          "--alpha-blocks", flags.alpha_blocks,
          "alpha block by block: 26 numbers (BASE,IN00..IN11,M00,OUT00..OUT11), 25 without BASE; for SDXL 20 or "
          "19; or a preset such as GRAD_V, WRAP12, SMOOTHSTEP, COSINE")
      ->type_name("LIST");
  command
      .add_option("--alpha-block", flags.alpha_ranges,
                  "alpha of some blocks: IN00-IN05=0.5, OUT=1, 'NOT M00=0'; may be repeated, later ones win")
      ->type_name("RANGE=N")
      ->allow_extra_args(false);
  command.add_option("--beta-blocks", flags.beta_blocks, "the same for beta")->type_name("LIST");
  command.add_option("--beta-block", flags.beta_ranges, "the same for beta")
      ->type_name("RANGE=N")
      ->allow_extra_args(false);
}

}  // namespace

void add_merge_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("merge", "makes one model out of two or three");
  auto flags = std::make_shared<MergeFlags>();
  command->add_option("A", flags->a, "the first model: a path, or a name found in the models folders")->required();
  command->add_option("B", flags->b, "the second model");
  command->add_option("C", flags->c, "the third model");
  command->add_option("--method", flags->method, method_help())->type_name("NAME");
  add_weight_flags(*command, *flags);
  command->add_option("--vae", flags->autoencoder, "bake in this autoencoder: a path or a name")->type_name("NAME");
  command
      ->add_option("--discard", flags->discard,
                   "leave out tensors in whose name this regular expression is found, such as '^model_ema\\.'")
      ->type_name("PATTERN");
  command->add_option("--dtype", flags->type, "type of the result: same (as A), fp32, fp16 or bf16 (default same)")
      ->type_name("TYPE");
  command
      ->add_option("--out", flags->out,
                   "the new file, .safetensors; default: named after the recipe, in the models folder of --data-dir")
      ->type_name("FILE");
  command->add_option("--data-dir", flags->data_dir, "where models lie; default: $XDG_DATA_HOME/fude")
      ->type_name("DIR");
  command->footer(
      "Examples:\n"
      "  fude merge one.safetensors two.safetensors --alpha 0.5 --dtype fp16 --out mix.safetensors\n"
      "  fude merge anime photo --alpha-blocks GRAD_V --alpha-block BASE=0.2\n"
      "  fude merge inpainting mine base --method add-difference --alpha 1");
  command->callback([flags] { run(*flags); });
}

}  // namespace fude::apps
