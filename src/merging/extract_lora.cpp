#include "merging/extract_lora.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "models/adapters/module_table.h"
#include "weights/state_dict.h"

namespace fude::merging {
namespace {

using models::ModuleTarget;

/// A module and the name that LoRA files have for it.
struct Candidate {
  std::string name;
  ModuleTarget target;
  bool is_conv = false;  // of residual blocks and resampling
};

constexpr std::string_view kUNet = "model.diffusion_model.";
constexpr std::array<std::string_view, 4> kResidualParts = {".in_layers.2.weight", ".out_layers.3.weight",
                                                            ".emb_layers.1.weight", ".skip_connection.weight"};

bool is_sdxl(const weights::TensorIndex& index) { return weights::has_prefix(index, "conditioner.embedders."); }

bool is_attention(std::string_view weight) {
  return weight.find(".transformer_blocks.") != weight.npos || weight.ends_with(".proj_in.weight") ||
         weight.ends_with(".proj_out.weight");
}

bool is_residual(std::string_view weight) {
  return std::ranges::any_of(kResidualParts, [&](std::string_view part) { return weight.ends_with(part); }) ||
         weight.ends_with(".op.weight") || weight.ends_with(".conv.weight");
}

/// A module's name as the original release writes it, flattened; SDXL's LoRAs have that, others diffusers' names.
std::string original_name(const ModuleTarget& target) {
  constexpr std::string_view kWeight = ".weight";
  std::string name = "unet_" + target.weight.substr(kUNet.size());
  name.erase(name.size() - kWeight.size());
  std::ranges::replace(name, '.', '_');
  return name;
}

std::vector<Candidate> candidates_of(const weights::TensorIndex& index, bool takes_conv) {
  const models::ModuleTable table(index);
  const bool wants_original = is_sdxl(index);
  std::vector<Candidate> candidates;
  for (const auto& [name, target] : table.targets()) {
    if (index.at(target.weight).size() < 2) continue;  // norms
    if (target.is_text) {
      if (name.find("_encoder_layers_") != name.npos) candidates.push_back({.name = name, .target = target});
      continue;
    }
    if ((name == original_name(target)) != wants_original) continue;
    const bool is_conv = is_residual(target.weight) && !is_attention(target.weight);
    if (is_attention(target.weight) || (is_conv && takes_conv)) {
      candidates.push_back({.name = name, .target = target, .is_conv = is_conv});
    }
  }
  return candidates;
}

class Extractor {
 public:
  Extractor(const Parent& tuned, const Parent& base, const ExtractOptions& options)
      : tuned_(tuned), base_(base), options_(options) {}

  LoraTensors run(const LayerProgress& on_layer) {
    const weights::TensorIndex index = weights::index_of(tuned_.file);
    const std::vector<Candidate> candidates = candidates_of(index, options_.conv.has_value());
    if (candidates.empty()) {
      fail(ErrorCode::kUnsupportedModel, "'{}' has no weights that a LoRA changes, expected a checkpoint",
           printable(tuned_.name));
    }
    const bool has_text = std::ranges::any_of(candidates, [&](const Candidate& candidate) {
      return candidate.target.is_text &&
             difference(candidate).abs().max().item<double>() > options_.least_text_difference;
    });
    std::size_t done = 0;
    for (const Candidate& candidate : candidates) {
      if (has_text || !candidate.target.is_text) extract(candidate, is_sdxl(index));
      if (on_layer) on_layer(++done, candidates.size());
    }
    if (lora_.tensors.empty()) {
      fail(ErrorCode::kInvalidArgument, "'{}' and '{}' are alike where a LoRA could tell them apart",
           printable(tuned_.name), printable(base_.name));
    }
    describe(index);
    return std::move(lora_);
  }

 private:
  at::Tensor rows_of(const Parent& parent, const ModuleTarget& target) const {
    const at::Tensor weight = parent.file.tensor(target.weight);
    return (target.row_count > 0 ? weight.narrow(0, target.first_row, target.row_count) : weight).to(at::kFloat);
  }

  at::Tensor difference(const Candidate& candidate) const {
    const std::string& weight = candidate.target.weight;
    const auto& of_tuned = tuned_.file.tensors().at(weight);
    const auto of_base = base_.file.tensors().find(weight);
    if (of_base == base_.file.tensors().end() || of_base->second.shape != of_tuned.shape) {
      fail(ErrorCode::kInvalidArgument, "'{}' has no tensor '{}' of shape {}, unlike '{}', expected models of one kind",
           printable(base_.name), printable(weight), io::shape_text(of_tuned.shape), printable(tuned_.name));
    }
    at::Tensor change = rows_of(tuned_, candidate.target) - rows_of(base_, candidate.target);
    if (!at::isfinite(change).all().item<bool>()) {
      fail(ErrorCode::kCorruptFile, "tensor '{}' has numbers that are not finite", printable(weight));
    }
    tuned_.file.forget(of_tuned.bytes);
    base_.file.forget(of_base->second.bytes);
    return change;
  }

  void extract(const Candidate& candidate, bool has_two_encoders) {
    const at::Tensor change = difference(candidate);
    if (change.eq(0).all().item<bool>()) return;
    LoraLayer layer;
    if (change.dim() == 4) layer.kernel = {change.size(2), change.size(3)};
    layer.factors = factorise(change.flatten(1), candidate.is_conv ? *options_.conv : options_.linear);
    if (options_.clamp_quantile < 1) clamp(layer.factors);
    add_lora_layer(lora_, kohya_name(candidate.name, has_two_encoders), layer, lora_type(options_.type, at::kFloat));
    size_.add(layer);
  }

  void clamp(LowRank& factors) const {
    const at::Tensor all = std::get<0>(at::cat({factors.up.flatten(), factors.down.flatten()}).sort());
    const auto last = static_cast<double>(all.numel() - 1);
    const double limit = all[static_cast<int64_t>(last * options_.clamp_quantile)].item<double>();
    factors.up.clamp_(-limit, limit);
    factors.down.clamp_(-limit, limit);
  }

  void describe(const weights::TensorIndex& index) {
    const bool is_v2 = weights::has_prefix(index, "cond_stage_model.model.");
    lora_.metadata["ss_v2"] = is_v2 ? "True" : "False";
    lora_.metadata["ss_base_model_version"] = is_sdxl(index) ? "sdxl_base_v1-0" : is_v2 ? "sd_v2" : "sd_v1";
    lora_.metadata["ss_network_module"] = "networks.lora";
    size_.write(lora_.metadata);
    add_lineage(lora_, {{tuned_.name, tuned_.file}, {base_.name, base_.file}});
  }

  const Parent &tuned_, &base_;
  const ExtractOptions& options_;
  LoraTensors lora_;
  NetworkSize size_;
};

}  // namespace

LoraTensors extract_lora(const Parent& tuned, const Parent& base, const ExtractOptions& options,
                         const LayerProgress& on_layer) {
  const at::NoGradGuard no_grad;
  return Extractor(tuned, base, options).run(on_layer);
}

}  // namespace fude::merging
