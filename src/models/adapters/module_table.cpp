#include "models/adapters/module_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

namespace fude::models {
namespace {

constexpr std::string_view kUNet = "model.diffusion_model.";
constexpr std::string_view kWeight = ".weight";

struct Renaming {
  std::string_view from, to;
};

constexpr std::array kResBlock{
    Renaming{"in_layers.0", "norm1"},          Renaming{"in_layers.2", "conv1"},
    Renaming{"out_layers.0", "norm2"},         Renaming{"out_layers.3", "conv2"},
    Renaming{"emb_layers.1", "time_emb_proj"}, Renaming{"skip_connection", "conv_shortcut"},
};

constexpr std::array kOutsideBlocks{
    Renaming{"time_embed.0", "time_embedding.linear_1"},
    Renaming{"time_embed.2", "time_embedding.linear_2"},
    Renaming{"label_emb.0.0", "add_embedding.linear_1"},
    Renaming{"label_emb.0.2", "add_embedding.linear_2"},
    Renaming{"input_blocks.0.0", "conv_in"},
    Renaming{"out.0", "conv_norm_out"},
    Renaming{"out.2", "conv_out"},
};

constexpr std::array kOpenClipLayer{
    Renaming{"ln_1", "layer_norm1"}, Renaming{"ln_2", "layer_norm2"},   Renaming{"attn.out_proj", "self_attn.out_proj"},
    Renaming{"mlp.c_fc", "mlp.fc1"}, Renaming{"mlp.c_proj", "mlp.fc2"},
};

template <std::size_t N>
std::string renamed(const std::array<Renaming, N>& table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Renaming::from);
  return found == table.end() ? std::string() : std::string(found->to);
}

/// "3.1.proj_in" -> 3 and "1.proj_in".
struct Numbered {
  int number = 0;
  std::string_view rest;
};

std::optional<Numbered> split_number(std::string_view path) {
  Numbered result;
  const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), result.number);
  if (error != std::errc() || end == path.data() + path.size() || *end != '.') return std::nullopt;
  result.rest = path.substr(static_cast<std::size_t>(end - path.data()) + 1);
  return result;
}

/// Which level of the U-Net each numbered block belongs to, and as which of that level's blocks.
struct BlockPlace {
  int level = 0, place = 0;
};

std::vector<BlockPlace> block_places(const weights::TensorIndex& checkpoint, std::string_view side) {
  const bool is_input = side == "input_blocks";
  std::vector<BlockPlace> places;
  BlockPlace next;
  for (int number = 0;; ++number) {
    const std::string block = fmt::format("{}{}.{}.", kUNet, side, number);
    if (!weights::has_prefix(checkpoint, block)) return places;
    places.push_back(next);
    if (is_input && number == 0) continue;  // the first convolution stands before all levels
    ++next.place;
    const bool ends_level =
        is_input ? checkpoint.contains(block + "0.op.weight")
                 : checkpoint.contains(block + "1.conv.weight") || checkpoint.contains(block + "2.conv.weight");
    if (ends_level) next = {.level = next.level + 1, .place = 0};
  }
}

/// A layer's name in diffusers from its name inside a block of the original release: "1.proj_in" of the block that
/// stands at `place`. `resnet`, `attention`: numbers of the two kinds of sub-blocks.
std::string diffusers_layer(std::string_view prefix, std::string_view inside, int resnet, int attention) {
  const auto part = split_number(inside);
  if (!part) return {};
  if (const std::string layer = renamed(kResBlock, part->rest); !layer.empty()) {
    return fmt::format("{}.resnets.{}.{}", prefix, resnet, layer);
  }
  if (part->rest == "op") return fmt::format("{}.downsamplers.0.conv", prefix);
  if (part->rest == "conv") return fmt::format("{}.upsamplers.0.conv", prefix);
  return fmt::format("{}.attentions.{}.{}", prefix, attention, part->rest);
}

/// A U-Net layer in diffusers' naming and its block for block weights.
struct UNetLayer {
  std::string diffusers;  // empty: has no such name
  std::string block;
};

class UNetNames {
 public:
  explicit UNetNames(const weights::TensorIndex& checkpoint)
      : input_(block_places(checkpoint, "input_blocks")), output_(block_places(checkpoint, "output_blocks")) {}

  /// `path`: "input_blocks.1.1.proj_in".
  UNetLayer layer(std::string_view path) const {
    UNetLayer result{.diffusers = renamed(kOutsideBlocks, path), .block = {}};
    if (path.starts_with(kInput)) return numbered(path.substr(kInput.size()), input_, "IN", "down_blocks", result);
    if (path.starts_with(kOutput)) return numbered(path.substr(kOutput.size()), output_, "OUT", "up_blocks", result);
    if (path.starts_with(kMiddle)) {
      const std::string_view inside = path.substr(kMiddle.size());
      result.block = "M00";
      result.diffusers = diffusers_layer("mid_block", inside, inside.starts_with("2.") ? 1 : 0, 0);
    }
    return result;
  }

 private:
  static constexpr std::string_view kInput = "input_blocks.", kMiddle = "middle_block.", kOutput = "output_blocks.";

  static UNetLayer numbered(std::string_view path, const std::vector<BlockPlace>& places, std::string_view side,
                            std::string_view diffusers_side, UNetLayer result) {
    const auto block = split_number(path);
    if (!block || block->number < 0 || static_cast<std::size_t>(block->number) >= places.size()) return result;
    result.block = fmt::format("{}{:02}", side, block->number);
    if (!result.diffusers.empty()) return result;
    const BlockPlace place = places[static_cast<std::size_t>(block->number)];
    result.diffusers =
        diffusers_layer(fmt::format("{}.{}", diffusers_side, place.level), block->rest, place.place, place.place);
    return result;
  }

  std::vector<BlockPlace> input_, output_;
};

}  // namespace

ModuleTable::ModuleTable(const weights::TensorIndex& checkpoint) {
  add_unet(checkpoint);
  add_clip(checkpoint, "cond_stage_model.transformer.text_model.", "te1_text_model.");
  add_open_clip(checkpoint, "cond_stage_model.model.", "te1_text_model.");
  add_clip(checkpoint, "conditioner.embedders.0.transformer.text_model.", "te1_text_model.");
  add_open_clip(checkpoint, "conditioner.embedders.1.model.", "te2_text_model.");
  // The refiner has only the large text encoder, at the place where others have the small one.
  add_open_clip(checkpoint, "conditioner.embedders.0.model.", "te2_text_model.");
}

const ModuleTarget* ModuleTable::find(const std::string& name) const {
  const auto found = targets_.find(name);
  return found == targets_.end() ? nullptr : &found->second;
}

void ModuleTable::add(std::string_view alias, std::string_view path, const ModuleTarget& target) {
  std::string name = fmt::format("{}{}", alias, path);
  std::ranges::replace(name, '.', '_');
  targets_.emplace(std::move(name), target);
}

void ModuleTable::add_unet(const weights::TensorIndex& checkpoint) {
  const UNetNames names(checkpoint);
  for (auto entry = checkpoint.lower_bound(std::string(kUNet)); entry != checkpoint.end(); ++entry) {
    std::string_view path = entry->first;
    if (!path.starts_with(kUNet)) break;
    path.remove_prefix(kUNet.size());
    if (!path.ends_with(kWeight)) continue;  // of what follows: the two would share a dot
    path.remove_suffix(kWeight.size());
    const UNetLayer layer = names.layer(path);
    const ModuleTarget target{
        .weight = entry->first, .bias = fmt::format("{}{}.bias", kUNet, path), .block = layer.block};
    add("unet_", path, target);
    if (!layer.diffusers.empty()) add("unet_", layer.diffusers, target);
  }
}

void ModuleTable::add_clip(const weights::TensorIndex& checkpoint, std::string_view prefix, std::string_view alias) {
  for (auto entry = checkpoint.lower_bound(std::string(prefix)); entry != checkpoint.end(); ++entry) {
    std::string_view path = entry->first;
    if (!path.starts_with(prefix)) break;
    path.remove_prefix(prefix.size());
    if (!path.ends_with(kWeight)) continue;
    path.remove_suffix(kWeight.size());
    add(alias, path,
        {.weight = entry->first, .bias = fmt::format("{}{}.bias", prefix, path), .is_text = true, .block = "BASE"});
  }
}

void ModuleTable::add_open_clip(const weights::TensorIndex& checkpoint, std::string_view prefix,
                                std::string_view alias) {
  const std::string layers = fmt::format("{}transformer.resblocks.", prefix);
  for (int number = 0;; ++number) {
    const std::string layer = fmt::format("{}{}.", layers, number);
    const auto fused = checkpoint.find(layer + "attn.in_proj_weight");
    if (fused == checkpoint.end() || fused->second.size() != 2) return;
    const std::string name = fmt::format("{}encoder.layers.{}.", alias, number);
    ModuleTarget target{.is_text = true, .block = "BASE"};
    for (const Renaming& renaming : kOpenClipLayer) {
      target.weight = fmt::format("{}{}.weight", layer, renaming.from);
      target.bias = fmt::format("{}{}.bias", layer, renaming.from);
      if (checkpoint.contains(target.weight)) add(name, renaming.to, target);
    }
    target.weight = fused->first;
    target.bias = layer + "attn.in_proj_bias";
    target.row_count = fused->second[0] / 3;
    for (const std::string_view projection : {"q_proj", "k_proj", "v_proj"}) {
      add(name, fmt::format("self_attn.{}", projection), target);
      target.first_row += target.row_count;
    }
  }
}

}  // namespace fude::models
