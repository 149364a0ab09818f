#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "command.h"
#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "core/platform/interrupt.h"
#include "core/platform/paths.h"
#include "merging/merge_models.h"
#include "merging/merge_recipe.h"
#include "pipelines/model_library.h"
#include "pipelines/recipe_models.h"
#include "progress_bar.h"

namespace fude::apps {
namespace {

struct MergeFlags {
  merging::MergeRecipe recipe;
  std::string out, data_dir;
  bool may_replace = false;
};

std::string method_table() {
  std::string help = "Methods (a: alpha, b: beta):\n";
  for (const auto& entry : merging::kMergeMethods) help += fmt::format("  {:<18}{}\n", entry.id, entry.help);
  return help;
}

void require_new(const std::filesystem::path& out) {
  std::error_code unknown;
  if (std::filesystem::exists(out, unknown)) {
    fail(ErrorCode::kInvalidArgument, "'{}' exists already; --force replaces it, --out names another place",
         printable(out.string()));
  }
}

/// Shows what a merge does, stage by stage, and lets Ctrl-C end it.
class MergeProgress {
 public:
  merging::MergeEvents events() {
    return {.on_progress = [this](std::string_view stage, std::size_t done, std::size_t total) {
      interrupt_.cancellation().check();
      if (std::exchange(stage_, stage) != stage) bar_.emplace(stage_, static_cast<std::int64_t>(total));
      bar_->update(static_cast<std::int64_t>(done));
    }};
  }

  void finish() { bar_.reset(); }

 private:
  InterruptGuard interrupt_;
  std::string stage_;
  std::optional<ProgressBar> bar_;
};

void print_report(const merging::MergeReport& report) {
  for (const std::string& warning : report.warnings) std::fprintf(stderr, "fude: warning: %s\n", warning.c_str());
  std::fprintf(stderr, "%zu tensors merged, %zu taken as they were, %zu left out\n", report.merged, report.kept,
               report.discarded);
}

void run(const MergeFlags& flags) {
  const auto library = pipelines::ModelLibrary::of_data_dir(platform::data_dir_or_default(flags.data_dir));
  const pipelines::RecipeModels merge = pipelines::open_recipe(flags.recipe, library);
  const std::filesystem::path out =
      flags.out.empty() ? pipelines::merged_model_place(merge_name(merge.parents, merge.options), library)
                        : std::filesystem::path(flags.out);
  if (!flags.may_replace) require_new(out);
  if (out.extension() == merging::kRecipeExtension) {
    platform::AtomicFile file(out);
    file.write(merging::merge_recipe_text(flags.recipe));
    file.commit();
  } else {
    MergeProgress progress;
    const merging::MergeReport report = merge_models(merge.parents, merge.options, out, progress.events());
    progress.finish();
    print_report(report);
  }
  std::printf("%s\n", out.c_str());
}

void add_weight_flags(CLI::App& command, merging::MergeRecipe& recipe) {
  command.add_option("--alpha", recipe.alpha, "weight of B, or of the difference (default 0.3)")->type_name("N");
  command.add_option("--beta", recipe.beta, "weight of C in sum-twice and triple-sum (default 0)")->type_name("N");
  command
      .add_option(
          "--alpha-blocks", recipe.alpha_blocks,
          "alpha block by block: 26 numbers (BASE,IN00..IN11,M00,OUT00..OUT11), 25 without BASE; for SDXL 20 or "
          "19; or a preset such as GRAD_V, WRAP12, SMOOTHSTEP, COSINE")
      ->type_name("LIST");
  command
      .add_option("--alpha-block", recipe.alpha_block,
                  "alpha of some blocks: IN00-IN05=0.5, OUT=1, 'NOT M00=0'; may be repeated, later ones win")
      ->type_name("RANGE=N")
      ->allow_extra_args(false);
  command.add_option("--beta-blocks", recipe.beta_blocks, "the same for beta")->type_name("LIST");
  command.add_option("--beta-block", recipe.beta_block, "the same for beta")
      ->type_name("RANGE=N")
      ->allow_extra_args(false);
}

}  // namespace

void add_merge_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("merge", "make one model out of two or three");
  auto flags = std::make_shared<MergeFlags>();
  command->add_option("A", flags->recipe.a, "the first model: a path, or a name found in the models folders")
      ->required();
  command->add_option("B", flags->recipe.b, "the second model");
  command->add_option("C", flags->recipe.c, "the third model");
  command->add_option("--method", flags->recipe.method, "how, see below (default weighted-sum)")->type_name("NAME");
  add_weight_flags(*command, flags->recipe);
  command->add_option("--vae", flags->recipe.autoencoder, "bake in this autoencoder: a path or a name")
      ->type_name("NAME");
  command
      ->add_option("--discard", flags->recipe.discard,
                   "leave out tensors in whose name this regular expression is found, such as '^model_ema\\.'")
      ->type_name("PATTERN");
  command
      ->add_option("--dtype", flags->recipe.type,
                   "type of the result: same (as A), fp32, fp16, bf16, fp8 or fp8-e5m2 (default same)")
      ->type_name("TYPE");
  command
      ->add_option("--out", flags->out,
                   "the new file, .safetensors; or .toml: only the recipe, which --model takes in place of a model; "
                   "default: named after the recipe, in the models folder of --data-dir")
      ->type_name("FILE");
  command->add_flag("--force", flags->may_replace, "replace a file that is there");
  command->add_option("--data-dir", flags->data_dir, "where models lie; default: $XDG_DATA_HOME/fude")
      ->type_name("DIR");
  command->footer(method_table() +
                  "\nExamples:\n"
                  "  fude merge anime photo --alpha 0.5 --dtype fp16 --out mix.safetensors\n"
                  "  fude merge anime photo --alpha-blocks GRAD_V --alpha-block BASE=0.2\n"
                  "  fude merge inpainting mine base --method add-difference --alpha 1\n"
                  "  fude merge anime photo --alpha 0.4 --out mix.toml\n"
                  "  fude txt2img \"1girl, sky\" --model mix.toml");
  command->callback([flags] { run(*flags); });
}

}  // namespace fude::apps
