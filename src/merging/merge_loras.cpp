#include "merging/merge_loras.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <map>
#include <utility>

#include "core/error.h"
#include "models/adapters/adapter_layout.h"
#include "weights/state_dict.h"

namespace fude::merging {
namespace {

using models::AdapterModule;

/// A module in one of the files.
struct Source {
  const LoraShare* share;
  AdapterModule module;
};

using Sources = std::map<std::string, std::vector<Source>>;  // by the module's name

Sources sources_of(const std::vector<LoraShare>& shares) {
  Sources sources;
  for (const LoraShare& share : shares) {
    models::AdapterLayout layout = models::read_adapter_layout(weights::index_of(share.file));
    if (layout.modules.empty()) {
      fail(ErrorCode::kUnsupportedModel, "'{}' has no layers of a LoRA", printable(share.name));
    }
    for (AdapterModule& module : layout.modules) {
      const std::string name = module.name;
      sources[name].push_back({&share, std::move(module)});
    }
  }
  return sources;
}

LoraLayer read(const Source& source) {
  try {
    return read_lora_layer(source.module, source.share->file);
  } catch (const Error& error) {
    fail(error.code(), "'{}': {}", printable(source.share->name), error.what());
  }
}

/// The factors side by side, scales and strengths in the upper ones.
LoraLayer sum_of(const std::string& name, const std::vector<Source>& sources) {
  LoraLayer sum;
  std::vector<at::Tensor> ups, downs;
  for (const Source& source : sources) {
    const LoraLayer layer = read(source);
    const bool is_first = ups.empty();
    const bool fits = is_first || (layer.kernel == sum.kernel && layer.factors.up.size(0) == ups[0].size(0) &&
                                   layer.factors.down.size(1) == downs[0].size(1));
    if (!fits) {
      fail(ErrorCode::kInvalidArgument, "module '{}' of '{}' has another shape than in '{}'; are they for one model?",
           printable(name), printable(source.share->name), printable(sources.front().share->name));
    }
    sum.kernel = layer.kernel;
    const double strength = name.starts_with("te") ? source.share->text : source.share->unet;
    ups.push_back(layer.factors.up * (layer.scale * strength));
    downs.push_back(layer.factors.down);
  }
  sum.factors = {.up = at::cat(ups, 1), .down = at::cat(downs, 0)};
  return sum;
}

at::ScalarType first_type(const Sources& sources) {
  const Source& first = sources.begin()->second.front();
  return first.share->file.tensor(first.module.parts.begin()->second.key).scalar_type();
}

/// What all files say alike, such as the base model they are for.
std::map<std::string, std::string> common_metadata(const std::vector<LoraShare>& shares) {
  std::map<std::string, std::string> common;
  for (const char* key : {"ss_base_model_version", "ss_v2", "modelspec.architecture", "modelspec.prediction_type",
                          "modelspec.resolution"}) {
    const auto value = [&](const LoraShare& share) {
      const auto found = share.file.metadata().find(key);
      return found == share.file.metadata().end() ? std::string() : found->second;
    };
    const std::string first = value(shares.front());
    const bool is_common = std::ranges::all_of(shares, [&](const LoraShare& share) { return value(share) == first; });
    if (is_common && !first.empty()) common[key] = first;
  }
  return common;
}

}  // namespace

LoraTensors merge_loras(const std::vector<LoraShare>& shares, const std::optional<LoraRanks>& ranks, StorageType type,
                        const LayerProgress& on_layer) {
  const at::NoGradGuard no_grad;
  const Sources sources = sources_of(shares);
  const bool has_two_encoders = std::ranges::any_of(sources, [](const auto& entry) {
    return entry.first.starts_with("te2_") || entry.first.starts_with("unet_input_blocks_");  // SDXL's names
  });
  const at::ScalarType stored = lora_type(type, first_type(sources));
  LoraTensors lora{.tensors = {}, .metadata = common_metadata(shares)};
  NetworkSize size;
  std::size_t done = 0;
  for (const auto& [name, of_name] : sources) {
    LoraLayer layer = sum_of(name, of_name);
    if (ranks) layer.factors = factorise(layer.factors, ranks->of(layer));
    add_lora_layer(lora, kohya_name(name, has_two_encoders), layer, stored);
    size.add(layer);
    if (on_layer) on_layer(++done, sources.size());
  }
  lora.metadata["ss_network_module"] = "networks.lora";
  size.write(lora.metadata);
  std::vector<std::pair<std::string, io::TensorFile>> parents;
  for (const LoraShare& share : shares) parents.emplace_back(share.name, share.file);
  add_lineage(lora, parents);
  return lora;
}

}  // namespace fude::merging
