#include <charconv>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command.h"
#include "core/error.h"
#include "core/platform/interrupt.h"
#include "core/platform/paths.h"
#include "merging/apply_adapters.h"
#include "merging/extract_lora.h"
#include "merging/merge_loras.h"
#include "merging/resize_lora.h"
#include "pipelines/model_library.h"
#include "pipelines/recipe_models.h"
#include "progress_bar.h"

namespace fude::apps {
namespace {

namespace fs = std::filesystem;

/// What all of the tools are told.
struct LoraFlags {
  std::string out, data_dir;
  std::string type = "same";
  bool may_replace = false;

  std::int64_t rank = 0, conv_rank = 0;  // 0: not given
  std::string dynamic;

  pipelines::ModelLibrary library() const {
    return pipelines::ModelLibrary::of_data_dir(platform::data_dir_or_default(data_dir));
  }

  merging::LoraRanks ranks() const {
    return {.linear = merging::parse_rank_rule(dynamic, rank),
            .conv = merging::parse_rank_rule(dynamic, conv_rank > 0 ? conv_rank : rank)};
  }

  void require_new_file() const {
    std::error_code unknown;
    if (may_replace || !fs::exists(out, unknown)) return;
    fail(ErrorCode::kInvalidArgument, "'{}' exists already; --force replaces it, --out names another place",
         printable(out));
  }
};

/// "NAME:0.8:0.5:16": a file and how strongly it acts.
struct LoraWord {
  std::string name;
  std::vector<double> numbers;

  double number(std::size_t index, double otherwise) const {
    return index < numbers.size() ? numbers[index] : otherwise;
  }
};

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && stop == text.data() + text.size() && !text.empty();
  return is_number ? std::optional(number) : std::nullopt;
}

/// Numbers after the last colons; a path may have colons, too.
LoraWord parse_lora_word(std::string_view text, std::size_t most_numbers) {
  LoraWord word;
  while (word.numbers.size() < most_numbers) {
    const std::size_t colon = text.rfind(':');
    const std::optional<double> number = colon == text.npos ? std::nullopt : parse_number(text.substr(colon + 1));
    if (!number) break;
    word.numbers.insert(word.numbers.begin(), *number);
    text = text.substr(0, colon);
  }
  word.name = text;
  return word;
}

fs::path find_lora(const std::string& name, const pipelines::ModelLibrary& library) {
  std::error_code unknown;
  return fs::is_regular_file(name, unknown) ? fs::path(name) : library.find_lora(name);
}

merging::Parent open_lora(const std::string& name, const pipelines::ModelLibrary& library) {
  const fs::path path = find_lora(name, library);
  return {.name = path.stem().string(), .file = io::TensorFile::open(path)};
}

/// Shows progress, and lets Ctrl-C end the work.
class LoraProgress {
 public:
  explicit LoraProgress(std::string label) : label_(std::move(label)) {}

  void update(std::size_t done, std::size_t total) {
    interrupt_.cancellation().check();
    if (!bar_) bar_.emplace(label_, static_cast<std::int64_t>(total));
    bar_->update(static_cast<std::int64_t>(done));
  }

  merging::LayerProgress layers() {
    return [this](std::size_t done, std::size_t total) { update(done, total); };
  }

  merging::MergeEvents events() {
    return {.on_progress = [this](std::string_view, std::size_t done, std::size_t total) { update(done, total); }};
  }

 private:
  InterruptGuard interrupt_;
  std::string label_;
  std::optional<ProgressBar> bar_;
};

void warn(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) std::fprintf(stderr, "fude: warning: %s\n", warning.c_str());
}

void save(const LoraFlags& flags, merging::LoraTensors lora) {
  warn(lora.warnings);
  lora.metadata["ss_output_name"] = fs::path(flags.out).stem().string();
  const std::string dim = lora.metadata["ss_network_dim"], alpha = lora.metadata["ss_network_alpha"];
  merging::save_lora(flags.out, std::move(lora));
  std::fprintf(stderr, "rank %s, alpha %s\n", dim.c_str(), alpha.c_str());
  std::printf("%s\n", flags.out.c_str());
}

void add_common_flags(CLI::App& command, LoraFlags& flags) {
  command.add_option("--out", flags.out, "the new file, .safetensors")->type_name("FILE")->required();
  command.add_flag("--force", flags.may_replace, "replace a file that is there");
  command.add_option("--data-dir", flags.data_dir, "where models lie; default: $XDG_DATA_HOME/fude")->type_name("DIR");
}

void add_type_flag(CLI::App& command, LoraFlags& flags, const std::string& help) {
  command.add_option("--dtype", flags.type, help)->type_name("TYPE");
}

void add_rank_flags(CLI::App& command, LoraFlags& flags, const std::string& help, const std::string& conv_help) {
  command.add_option("--rank", flags.rank, help)->type_name("N")->check(CLI::Range(1, 4096).description(""));
  command.add_option("--conv-rank", flags.conv_rank, conv_help)
      ->type_name("N")
      ->check(CLI::Range(1, 4096).description(""));
  command
      .add_option(
          "--dynamic", flags.dynamic,
          "a rank for each layer, --rank at most: sv_fro=0.9 keeps that share of its norm, sv_cumulative=0.9 of "
          "the sum of its singular values, sv_ratio=20 those above the largest / 20")
      ->type_name("RULE");
}

void add_extract(CLI::App& lora) {
  struct Flags : LoraFlags {
    std::string tuned, base;
    merging::ExtractOptions options;
  };
  CLI::App* command = lora.add_subcommand("extract", "make a LoRA of what one model has learnt beside another");
  auto flags = std::make_shared<Flags>();
  flags->rank = 32;
  flags->type = "fp16";
  command->add_option("TUNED", flags->tuned, "the model that has learnt: a path or a name")->required();
  command->add_option("BASE", flags->base, "the model that it was made from")->required();
  add_rank_flags(*command, *flags, "rank (1..4096, default 32)",
                 "also of residual blocks, with this rank; default: attention and text encoder only");
  command
      ->add_option("--min-diff", flags->options.least_text_difference,
                   "leave out a text encoder no weight of which differs by more (default 0.01)")
      ->type_name("N");
  command
      ->add_option("--clamp-quantile", flags->options.clamp_quantile,
                   "cut what is larger than this share of a layer's numbers, 0.5..1 (default 1: nothing; sd-scripts: "
                   "0.99)")
      ->type_name("N")
      ->check(CLI::Range(0.5, 1.0).description(""));
  add_type_flag(*command, *flags, "fp32, fp16 or bf16 (default fp16)");
  add_common_flags(*command, *flags);
  command->footer("Example:\n  fude lora extract mine base --rank 64 --out mine-lora.safetensors");
  command->callback([flags] {
    flags->require_new_file();
    const pipelines::ModelLibrary library = flags->library();
    const merging::Parent tuned = pipelines::open_merge_parent(flags->tuned, library);
    const merging::Parent base = pipelines::open_merge_parent(flags->base, library);
    merging::ExtractOptions options = flags->options;
    options.linear = flags->ranks().linear;
    if (flags->conv_rank > 0) options.conv = flags->ranks().conv;
    options.type = merging::parse_storage_type(flags->type);
    LoraProgress progress("extracting");
    save(*flags, merging::extract_lora(tuned, base, options, progress.layers()));
  });
}

void add_resize(CLI::App& lora) {
  struct Flags : LoraFlags {
    std::string file;
  };
  CLI::App* command = lora.add_subcommand("resize", "give a LoRA another rank");
  auto flags = std::make_shared<Flags>();
  command->add_option("LORA", flags->file, "a path, or a name in the folder Lora")->required();
  add_rank_flags(*command, *flags, "the new rank (1..4096)", "of larger kernels (default: as --rank)");
  command->get_option("--rank")->required();
  add_type_flag(*command, *flags, "same, fp32, fp16 or bf16 (default same)");
  add_common_flags(*command, *flags);
  command->footer("Example:\n  fude lora resize big --rank 64 --dynamic sv_fro=0.9 --out small.safetensors");
  command->callback([flags] {
    flags->require_new_file();
    const merging::Parent lora_file = open_lora(flags->file, flags->library());
    LoraProgress progress("resizing");
    save(*flags, merging::resize_lora(lora_file.file, flags->ranks(), merging::parse_storage_type(flags->type),
                                      progress.layers()));
  });
}

void add_merge(CLI::App& lora) {
  struct Flags : LoraFlags {
    std::vector<std::string> files;
  };
  CLI::App* command = lora.add_subcommand("merge", "make one LoRA out of several");
  auto flags = std::make_shared<Flags>();
  command
      ->add_option("LORA", flags->files,
                   "paths, or names in the folder Lora; :0.8 after one is its strength, :0.5:0.8 those of text "
                   "encoder and U-Net")
      ->type_name("LORA[:TE[:UNET]]")
      ->required();
  add_rank_flags(*command, *flags, "approximate the sum with this rank (1..4096); default: exact, the ranks add up",
                 "of larger kernels (default: as --rank)");
  add_type_flag(*command, *flags, "same (as the first), fp32, fp16 or bf16 (default same)");
  add_common_flags(*command, *flags);
  command->footer("Example:\n  fude lora merge style:0.8 dress:0.6 --rank 64 --out both.safetensors");
  command->callback([flags] {
    flags->require_new_file();
    if (!flags->dynamic.empty() && flags->rank == 0) {
      fail(ErrorCode::kInvalidArgument, "--dynamic needs --rank, the rank at most");
    }
    std::vector<merging::LoraShare> shares;
    for (const std::string& text : flags->files) {
      const LoraWord word = parse_lora_word(text, 2);
      const merging::Parent parent = open_lora(word.name, flags->library());
      const double text_strength = word.number(0, 1);
      shares.push_back(
          {.name = parent.name, .file = parent.file, .text = text_strength, .unet = word.number(1, text_strength)});
    }
    LoraProgress progress("merging");
    const auto ranks = flags->rank > 0 ? std::optional(flags->ranks()) : std::nullopt;
    save(*flags, merging::merge_loras(shares, ranks, merging::parse_storage_type(flags->type), progress.layers()));
  });
}

void add_apply(CLI::App& lora) {
  struct Flags : LoraFlags {
    std::string model;
    std::vector<std::string> files;
  };
  CLI::App* command = lora.add_subcommand("apply", "make a model with LoRAs in it");
  auto flags = std::make_shared<Flags>();
  command->add_option("--model", flags->model, "the model: a path or a name (default: Hajime)")->type_name("NAME");
  command
      ->add_option("--lora", flags->files,
                   "a path, or a name in the folder Lora, of any kind of adapter; strengths and ranks may follow as in "
                   "<lora:..>; may be repeated, and is applied in this order")
      ->type_name("LORA[:TE[:UNET[:DYN]]]")
      ->allow_extra_args(false)
      ->required();
  add_type_flag(*command, *flags, "same (as the model), fp32, fp16, bf16, fp8 or fp8-e5m2 (default same)");
  add_common_flags(*command, *flags);
  command->footer("Example:\n  fude lora apply --model anime --lora style:0.8 --out styled.safetensors");
  command->callback([flags] {
    flags->require_new_file();
    const pipelines::ModelLibrary library = flags->library();
    std::vector<merging::AppliedAdapter> adapters;
    for (const std::string& text : flags->files) {
      const LoraWord word = parse_lora_word(text, 3);
      const merging::Parent parent = open_lora(word.name, library);
      models::AdapterStrength strength{.text = word.number(0, 1), .unet = word.number(1, word.number(0, 1))};
      if (word.numbers.size() > 2) strength.dynamic_rank = static_cast<std::int64_t>(word.numbers[2]);
      const std::string id = std::to_string(adapters.size());
      adapters.push_back({.name = parent.name,
                          .adapter = std::make_shared<const models::Adapter>(parent.file, id),
                          .strength = strength});
    }
    const merging::Parent model = pipelines::open_merge_parent(flags->model, library);
    merging::ApplyReport report;
    {
      LoraProgress progress("applying");
      report = merging::apply_adapters(model, adapters, merging::parse_storage_type(flags->type), flags->out,
                                       progress.events());
    }
    warn(report.warnings);
    std::fprintf(stderr, "%zu tensors changed\n", report.changed);
    std::printf("%s\n", flags->out.c_str());
  });
}

}  // namespace

void add_lora_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("lora", "make LoRAs out of models and other LoRAs, and models with them");
  command->require_subcommand(1);
  add_extract(*command);
  add_resize(*command);
  add_merge(*command);
  add_apply(*command);
}

}  // namespace fude::apps
