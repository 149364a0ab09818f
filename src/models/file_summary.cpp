#include "models/file_summary.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/error.h"
#include "models/adapters/adapter_layout.h"
#include "models/adapters/embedding_layout.h"
#include "models/adapters/hypernetwork_layout.h"
#include "models/stable_diffusion.h"
#include "models/upscalers/load_upscaler.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using weights::TensorIndex;

// Parts with names of their own; a longer one stands before one it begins with.
constexpr std::array<std::string_view, 14> kPartNames = {"model.diffusion_model",
                                                         "model_ema",
                                                         "first_stage_model",
                                                         "cond_stage_model",
                                                         "conditioner.embedders.0",
                                                         "conditioner.embedders.1",
                                                         "control_model",
                                                         "lora_unet",
                                                         "lora_te1",
                                                         "lora_te2",
                                                         "lora_te",
                                                         "string_to_param",
                                                         "text_model",
                                                         "vae"};

std::string part_name(const std::string& tensor_name) {
  for (const std::string_view name : kPartNames) {
    if (tensor_name.starts_with(name)) return std::string(name);
  }
  return tensor_name.substr(0, tensor_name.find('.'));
}

std::vector<FilePart> parts_of(const io::TensorFile& file) {
  std::map<std::string, FilePart> by_name;
  for (const auto& [name, record] : file.tensors()) {
    FilePart& part = by_name[part_name(name)];
    part.tensor_count += 1;
    part.parameter_count += record.element_count();
  }
  std::vector<FilePart> parts;
  for (auto& [name, part] : by_name) {
    part.name = name;
    parts.push_back(part);
  }
  std::ranges::stable_sort(parts, std::greater{}, &FilePart::parameter_count);
  return parts;
}

/// The first of the metadata's entries that is there, or nothing.
std::string metadata_entry(const io::TensorFile& file, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const auto found = file.metadata().find(key);
    if (found != file.metadata().end()) return found->second;
  }
  return {};
}

/// Shapes cannot tell what a U-Net predicts: the metadata decides (https://github.com/Stability-AI/ModelSpec), else
/// what every model of the family does.
std::string prediction_type(const io::TensorFile& file, const FileSummary& summary) {
  const std::string stated = metadata_entry(file, {"modelspec.prediction_type"});
  if (!stated.empty()) return stated;
  const Told predicts_v = training_facts(weights::index_of(file), file.metadata()).predicts_v;
  if (predicts_v != Told::kNotTold) return predicts_v == Told::kYes ? "v" : "epsilon";
  const bool is_known = summary.unet && !comes_in_both_predictions(*summary.unet);
  return is_known ? "epsilon" : "";
}

std::optional<LoraFacts> lora_facts(const TensorIndex& index, const std::map<std::string, std::string>& metadata) {
  constexpr std::size_t kMostWords = 20;
  const AdapterLayout layout = read_adapter_layout(index);
  if (layout.modules.empty()) return std::nullopt;
  LoraFacts facts{.module_count = static_cast<int64_t>(layout.modules.size())};
  for (const AdapterModule& module : layout.modules) {
    facts.families[std::string(family_name(module.family))] += 1;
    if (module.rank == 0) continue;
    facts.lowest_rank = facts.lowest_rank == 0 ? module.rank : std::min(facts.lowest_rank, module.rank);
    facts.highest_rank = std::max(facts.highest_rank, module.rank);
  }
  facts.words = trained_words(metadata, kMostWords);
  facts.bundled_words = layout.bundled_words;
  return facts;
}

EmbeddingFacts embedding_facts(const TensorIndex& index, const std::string& file_name) {
  EmbeddingFacts facts;
  for (const std::string& key : find_embedding(index, file_name)) {
    const EmbeddingShape shape = embedding_shape(index.at(key));
    facts.vector_count = shape.count;
    facts.widths.push_back(shape.width);
  }
  return facts;
}

HypernetworkFacts hypernetwork_facts(const TensorIndex& index, const io::TensorFile& file) {
  const HypernetworkLayout layout = read_hypernetwork_layout(index, file.metadata(), file.name());
  HypernetworkFacts facts{.activation = layout.activation};
  for (const auto& [width, sides] : layout.sides) {
    facts.widths.push_back(width);
    facts.layer_count = std::max({facts.layer_count, sides.keys.size(), sides.values.size()});
  }
  return facts;
}

void read_facts_of_kind(const TensorIndex& index, const io::TensorFile& file, FileSummary& summary) {
  try {
    if (summary.detection.kind == FileKind::kUpscaler) summary.upscaler = {.scale = summarise_upscaler(index).scale};
    if (summary.detection.kind == FileKind::kEmbedding) summary.embedding = embedding_facts(index, file.name());
    if (summary.detection.kind != FileKind::kAdapter) return;
    summary.lora = lora_facts(index, file.metadata());
    if (summary.detection.family == kHypernetworkFamily) summary.hypernetwork = hypernetwork_facts(index, file);
  } catch (const Error& error) {
    summary.problem = error.what();
  }
}

/// A part's config, or nothing when its shapes do not form one.
template <typename Infer>
auto config_of(const TensorIndex& index, std::string_view prefix, Infer infer)
    -> std::optional<decltype(infer(index))> {
  try {
    return infer(weights::sub_index(index, prefix));
  } catch (const Error&) {
    return std::nullopt;
  }
}

void infer_configs(const TensorIndex& index, const std::string& file_name, FileSummary& summary) {
  const FileKind kind = summary.detection.kind;
  if (kind == FileKind::kAutoencoder) {
    const bool is_prefixed = weights::has_prefix(index, "first_stage_model.");
    summary.autoencoder = config_of(index, is_prefixed ? "first_stage_model." : "", infer_autoencoder_kl_config);
  }
  if (!summary.detection.is_supported) return;
  summary.unet = config_of(index, "model.diffusion_model.", infer_unet_config);
  summary.autoencoder = config_of(index, "first_stage_model.", infer_autoencoder_kl_config);
  summary.text_encoders = config_of(index, "", infer_text_encoders).value_or(std::vector<TextEncoderConfig>());
  try {
    // The U-Net decides the scale of latents.
    summary.autoencoder = infer_stable_diffusion_config(index, file_name).autoencoder;
  } catch (const Error& error) {
    summary.problem = error.what();
  }
}

}  // namespace

bool is_usable(const FileSummary& summary) {
  const bool is_beside_checkpoint = summary.lora || summary.embedding || summary.hypernetwork || summary.upscaler;
  return summary.problem.empty() && (summary.detection.is_supported || is_beside_checkpoint);
}

FileSummary summarize(const io::TensorFile& file) {
  const TensorIndex index = weights::index_of(file);
  FileSummary summary;
  summary.detection = detect(index);
  summary.tensor_count = static_cast<int64_t>(file.tensors().size());
  for (const auto& [name, record] : file.tensors()) {
    summary.parameter_count += record.element_count();
    summary.type_counts[record.type_name] += record.element_count();
  }
  summary.parts = parts_of(file);
  infer_configs(index, file.name(), summary);
  read_facts_of_kind(index, file, summary);
  summary.prediction_type = prediction_type(file, summary);
  summary.licence = metadata_entry(file, {"modelspec.license", "license", "licence"});
  return summary;
}

}  // namespace fude::models
