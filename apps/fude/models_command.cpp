#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "command.h"
#include "core/platform/paths.h"
#include "pipelines/model_list.h"
#include "text_rows.h"

namespace fude::apps {
namespace {

using pipelines::ListedModel;
using pipelines::ModelUse;

struct ModelsFlags {
  std::string data_dir;
  bool wants_json = false;
};

/// The heading of a part of the list, with the folder below the models folder where such files belong.
std::string heading(ModelUse use) {
  switch (use) {
    case ModelUse::kCheckpoint: return "Checkpoints (--model NAME; models/Stable-diffusion)";
    case ModelUse::kAutoencoder: return "Autoencoders (--vae NAME; models/VAE)";
    case ModelUse::kLora: return "LoRA (<lora:NAME:1>; models/Lora)";
    case ModelUse::kEmbedding: return "Words (NAME in a prompt; models/embeddings)";
    case ModelUse::kHypernetwork: return "Hypernetworks (<hypernet:NAME:1>; models/hypernetworks)";
  }
  return {};
}

std::string size_text(std::uint64_t bytes) {
  constexpr double kGiga = 1e9, kMega = 1e6, kKilo = 1e3;
  const auto size = static_cast<double>(bytes);
  if (size >= kGiga) return fmt::format("{:.1f} GB", size / kGiga);
  if (size >= kMega) return fmt::format("{:.1f} MB", size / kMega);
  return fmt::format("{:.1f} kB", size / kKilo);
}

std::string list_text(const std::vector<ListedModel>& models, const std::filesystem::path& folder) {
  constexpr int kNameWidth = 32;
  std::string out;
  const ListedModel* before = nullptr;
  for (const ListedModel& model : models) {
    if (before == nullptr || before->use != model.use) out += (out.empty() ? "" : "\n") + heading(model.use) + '\n';
    before = &model;
    append_row(
        out, model.name,
        model.problem.empty() ? model.family + ", " + size_text(model.byte_count) : "cannot be used: " + model.problem,
        kNameWidth);
  }
  return out + "\nThe models folder is '" + folder.string() + "'.\n";
}

std::string list_json(const std::vector<ListedModel>& models) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ListedModel& model : models) {
    list.push_back({{"use", use_name(model.use)},
                    {"name", model.name},
                    {"file", model.path.string()},
                    {"bytes", model.byte_count},
                    {"family", model.family},
                    {"problem", model.problem}});
  }
  return list.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

void print_models(const ModelsFlags& flags) {
  const std::filesystem::path folder = platform::data_dir_or_default(flags.data_dir) / "models";
  const auto models = pipelines::list_models(pipelines::ModelLibrary(folder));
  const std::string out = flags.wants_json ? list_json(models) : list_text(models, folder);
  std::fwrite(out.data(), 1, out.size(), stdout);
}

}  // namespace

void add_models_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("models", "list the models, LoRAs and words that are there");
  auto flags = std::make_shared<ModelsFlags>();
  command->add_option("--data-dir", flags->data_dir, "where models lie; default: $XDG_DATA_HOME/fude")
      ->type_name("DIR");
  command->add_flag("--json", flags->wants_json, "print a JSON list: use, name, file, bytes, family, problem");
  command->callback([flags] { print_models(*flags); });
}

}  // namespace fude::apps
