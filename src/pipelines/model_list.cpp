#include "pipelines/model_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/platform/mapped_file.h"
#include "io/images/embedding_picture.h"
#include "models/adapters/embedding_layout.h"
#include "models/adapters/hypernetwork_layout.h"
#include "models/embedded/embedded_model.h"
#include "models/file_summary.h"
#include "pipelines/autoencoder_choice.h"
#include "weights/model_files.h"
#include "weights/state_dict.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;
using models::FileKind;

std::string lora_family(const models::LoraFacts& facts) {
  std::string family;
  for (const auto& [name, modules] : facts.families) family += (family.empty() ? "" : ", ") + name;
  if (facts.highest_rank == 0) return family;
  if (facts.lowest_rank == facts.highest_rank) return family + fmt::format(" of rank {}", facts.highest_rank);
  return family + fmt::format(" of rank {} to {}", facts.lowest_rank, facts.highest_rank);
}

std::string vectors_text(std::int64_t count) { return fmt::format("{} vector{}", count, count == 1 ? "" : "s"); }

// Each of these gives the file's family, or throws the reason why it is not what its folder says.

std::string checkpoint_family(const io::TensorFile& file) {
  const models::FileSummary summary = models::summarize(file);
  if (summary.detection.kind != FileKind::kDenoiser) models::require_checkpoint(weights::index_of(file), file.name());
  if (!summary.problem.empty()) fail(ErrorCode::kUnsupportedModel, "{}", summary.problem);
  return summary.detection.family;
}

std::string autoencoder_family(const io::TensorFile& file) {
  const models::Detection found = models::detect(weights::index_of(file));
  if (found.kind != FileKind::kAutoencoder) {
    fail(ErrorCode::kUnsupportedModel, "'{}' is {}, expected an autoencoder", file.name(), family_with_article(found));
  }
  return found.family;
}

std::string adapter_family(const io::TensorFile& file) {
  const models::FileSummary summary = models::summarize(file);
  if (!summary.lora) {
    fail(ErrorCode::kUnsupportedModel, "'{}' is {}, expected a LoRA", file.name(),
         family_with_article(summary.detection));
  }
  return lora_family(*summary.lora);
}

std::string embedding_family(const io::TensorFile& file) {
  const models::EmbeddingKeys keys = models::find_embedding(weights::index_of(file), file.name());
  const models::EmbeddingShape shape = models::embedding_shape(file.tensors().at(keys.front()).shape);
  return fmt::format("textual inversion{}, {}", keys.size() > 1 ? " for SDXL" : "", vectors_text(shape.count));
}

std::string hypernetwork_family(const io::TensorFile& file) {
  models::read_hypernetwork_layout(weights::index_of(file), file.metadata(), file.name());
  return "hypernetwork";
}

std::string family_as(ModelUse use, const io::TensorFile& file) {
  switch (use) {
    case ModelUse::kCheckpoint: return checkpoint_family(file);
    case ModelUse::kAutoencoder: return autoencoder_family(file);
    case ModelUse::kLora: return adapter_family(file);
    case ModelUse::kEmbedding: return embedding_family(file);
    case ModelUse::kHypernetwork: return hypernetwork_family(file);
  }
  return {};
}

// The rest of "'/models/Lora/a.pt' is a checkpoint, ..": the path is told beside it.
std::string reason(std::string_view message, const fs::path& path) {
  const std::string begin = "'" + path.string() + "'";
  if (message.starts_with(begin)) message.remove_prefix(begin.size());
  message.remove_prefix(std::min(message.find_first_not_of(": "), message.size()));
  return std::string(message);
}

ListedModel listed(ModelUse use, const fs::path& path) {
  const bool is_folder = fs::is_directory(path);
  ListedModel model{.use = use,
                    .name = (is_folder ? path.filename() : path.stem()).string(),
                    .path = path,
                    .family = {},
                    .problem = {}};
  try {
    const io::TensorFile file = weights::open_model(path);
    model.byte_count = file.byte_count();
    model.family = family_as(use, file);
  } catch (const Error& error) {
    model.problem = reason(error.what(), path);
  }
  return model;
}

ListedModel embedded() {
  const io::TensorFile file = models::embedded_model();
  return {.name = std::string(models::kEmbeddedModelName),
          .path = {},
          .byte_count = file.byte_count(),
          .family = models::detect(weights::index_of(file)).family,
          .problem = {}};
}

// Absent for a picture that carries no vectors.
std::optional<ListedModel> listed_picture(const fs::path& path) {
  ListedModel model{
      .use = ModelUse::kEmbedding, .name = path.stem().string(), .path = path, .family = {}, .problem = {}};
  try {
    const auto file = platform::MappedFile::open(path);
    model.byte_count = file->bytes().size();
    const auto json = io::find_embedding_json(file->bytes(), path.string());
    if (!json) return std::nullopt;
    const models::PictureEmbedding embedding = models::read_picture_embedding(*json, path.string());
    if (!embedding.name.empty()) model.name = embedding.name;
    model.family = "textual inversion in a picture, " + vectors_text(embedding.shape.count);
  } catch (const Error& error) {
    model.problem = reason(error.what(), path);
  }
  return model;
}

}  // namespace

std::string_view use_name(ModelUse use) {
  switch (use) {
    case ModelUse::kCheckpoint: return "checkpoint";
    case ModelUse::kAutoencoder: return "vae";
    case ModelUse::kLora: return "lora";
    case ModelUse::kEmbedding: return "embedding";
    case ModelUse::kHypernetwork: return "hypernetwork";
  }
  return {};
}

std::vector<ModelFile> model_files(const ModelLibrary& library) {
  std::vector<ModelFile> all{{.use = ModelUse::kCheckpoint, .path = {}}};
  std::vector<ModelFile> autoencoders;
  for (const fs::path& path : library.checkpoint_files()) {
    const bool is_autoencoder = is_called_autoencoder(path);
    (is_autoencoder ? autoencoders : all)
        .push_back({.use = is_autoencoder ? ModelUse::kAutoencoder : ModelUse::kCheckpoint, .path = path});
  }
  std::ranges::move(autoencoders, std::back_inserter(all));
  const auto add = [&all](ModelUse use, const std::vector<fs::path>& paths) {
    for (const fs::path& path : paths) all.push_back({.use = use, .path = path});
  };
  add(ModelUse::kAutoencoder, library.autoencoder_files());
  add(ModelUse::kLora, library.lora_files());
  add(ModelUse::kEmbedding, library.embedding_files());
  add(ModelUse::kHypernetwork, library.hypernetwork_files());
  return all;
}

std::optional<ListedModel> list_model(const ModelFile& file) {
  if (file.path.empty()) return embedded();
  if (file.path.extension() == ".png") return listed_picture(file.path);
  return listed(file.use, file.path);
}

std::vector<ListedModel> list_models(const ModelLibrary& library) {
  std::vector<ListedModel> all;
  for (const ModelFile& file : model_files(library)) {
    if (auto model = list_model(file)) all.push_back(*std::move(model));
  }
  return all;
}

}  // namespace fude::pipelines
