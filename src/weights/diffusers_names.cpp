#include "weights/diffusers_names.h"

#include <array>
#include <charconv>
#include <span>

namespace fude::weights {
namespace {

/// A beginning of a name and what the original has there.
struct Row {
  std::string_view from, to;
};

constexpr std::array kUNetRows{
    Row{"conv_in.", "input_blocks.0.0."},
    Row{"time_embedding.linear_1.", "time_embed.0."},
    Row{"time_embedding.linear_2.", "time_embed.2."},
    Row{"add_embedding.linear_1.", "label_emb.0.0."},
    Row{"add_embedding.linear_2.", "label_emb.0.2."},
    Row{"mid_block.attentions.0.", "middle_block.1."},
    Row{"conv_norm_out.", "out.0."},
    Row{"conv_out.", "out.2."},
};

constexpr std::array kUNetResidualRows{
    Row{"norm1.", "in_layers.0."},  Row{"conv1.", "in_layers.2."},  Row{"time_emb_proj.", "emb_layers.1."},
    Row{"norm2.", "out_layers.0."}, Row{"conv2.", "out_layers.3."}, Row{"conv_shortcut.", "skip_connection."},
};

constexpr std::array kAutoencoderHalfRows{
    Row{"conv_in.", "conv_in."},
    Row{"conv_out.", "conv_out."},
    Row{"conv_norm_out.", "norm_out."},
};

constexpr std::array kAutoencoderResidualRows{
    Row{"norm1.", "norm1."},
    Row{"conv1.", "conv1."},
    Row{"norm2.", "norm2."},
    Row{"conv2.", "conv2."},
    Row{"conv_shortcut.", "nin_shortcut."},
};

constexpr std::array kAutoencoderAttentionRows{
    Row{"group_norm.", "norm."},    Row{"to_q.", "q."},  Row{"to_k.", "k."}, Row{"to_v.", "v."},
    Row{"to_out.0.", "proj_out."},  Row{"query.", "q."}, Row{"key.", "k."},  Row{"value.", "v."},
    Row{"proj_attn.", "proj_out."},
};

std::optional<std::string> renamed(std::span<const Row> rows, std::string_view name) {
  for (const Row& row : rows) {
    if (name.starts_with(row.from)) return std::string(row.to) + std::string(name.substr(row.from.size()));
  }
  return std::nullopt;
}

/// Takes `text` off the name's front, if it is there.
bool skip(std::string_view& name, std::string_view text) {
  if (!name.starts_with(text)) return false;
  name.remove_prefix(text.size());
  return true;
}

/// Takes "12." off the name's front.
std::optional<int64_t> skip_number(std::string_view& name) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const auto length = static_cast<std::size_t>(end - name.data());
  if (error != std::errc() || length == name.size() || name[length] != '.' || number < 0) return std::nullopt;
  name.remove_prefix(length + 1);
  return number;
}

/// "up_blocks.1.resnets.2.": the four words before a layer's own names.
struct Place {
  int64_t block = 0;
  std::string_view kind;  // "resnets", "attentions", "downsamplers", "upsamplers"
  int64_t layer = 0;
  std::string_view rest;
};

std::optional<Place> place_of(std::string_view name) {
  const std::optional<int64_t> block = skip_number(name);
  const std::size_t dot = name.find('.');
  if (!block || dot == std::string_view::npos) return std::nullopt;
  Place place{.block = *block, .kind = name.substr(0, dot), .layer = 0, .rest = name.substr(dot + 1)};
  const std::optional<int64_t> layer = skip_number(place.rest);
  if (!layer) return std::nullopt;
  place.layer = *layer;
  return place;
}

std::optional<std::string> with_prefix(const std::string& prefix, const std::optional<std::string>& name) {
  if (!name) return std::nullopt;
  return prefix + *name;
}

std::string numbered(std::string_view name, int64_t number) {
  return std::string(name) + "." + std::to_string(number) + ".";
}

}  // namespace

DiffusersUNetNames::DiffusersUNetNames(const TensorIndex& index) {
  const auto blocks = [&index](const std::string& name, int64_t first, int64_t resizing_layers) {
    std::vector<Block> found;
    for (int64_t i = 0; has_prefix(index, numbered(name, i)); ++i) {
      const std::string prefix = numbered(name, i);
      const Block block{.first = first,
                        .layers = count_numbered(index, prefix + "resnets.", ".conv1.weight"),
                        .has_attention = has_prefix(index, prefix + "attentions.")};
      found.push_back(block);
      first += block.layers + resizing_layers;
    }
    return found;
  };
  // Reducing the size is a layer of its own in the original's count, enlarging is part of one.
  down_ = blocks("down_blocks", 1, 1);
  up_ = blocks("up_blocks", 0, 0);
}

std::optional<std::string> DiffusersUNetNames::original(std::string_view name) const {
  if (const auto found = renamed(kUNetRows, name)) return found;
  if (skip(name, "mid_block.resnets.")) {
    const std::optional<int64_t> layer = skip_number(name);
    if (!layer || *layer > 1) return std::nullopt;
    return with_prefix(numbered("middle_block", 2 * *layer), renamed(kUNetResidualRows, name));
  }
  const bool is_down = skip(name, "down_blocks.");
  if (!is_down && !skip(name, "up_blocks.")) return std::nullopt;
  std::optional<Place> place = place_of(name);
  const std::vector<Block>& blocks = is_down ? down_ : up_;
  if (!place || place->block >= static_cast<int64_t>(blocks.size())) return std::nullopt;
  const Block& block = blocks[static_cast<std::size_t>(place->block)];
  const char* const list = is_down ? "input_blocks" : "output_blocks";
  const std::string layer = numbered(list, block.first + place->layer);
  if (place->kind == "resnets") return with_prefix(layer + "0.", renamed(kUNetResidualRows, place->rest));
  if (place->kind == "attentions") return layer + "1." + std::string(place->rest);
  if (!skip(place->rest, "conv.") || place->layer != 0) return std::nullopt;
  if (is_down && place->kind == "downsamplers") {
    return numbered(list, block.first + block.layers) + "0.op." + std::string(place->rest);
  }
  if (is_down || place->kind != "upsamplers") return std::nullopt;
  const std::string last = numbered(list, block.first + block.layers - 1);
  return last + (block.has_attention ? "2.conv." : "1.conv.") + std::string(place->rest);
}

DiffusersAutoencoderNames::DiffusersAutoencoderNames(const TensorIndex& index) {
  while (has_prefix(index, numbered("decoder.up_blocks", levels_))) ++levels_;
}

std::optional<std::string> DiffusersAutoencoderNames::original(std::string_view name) const {
  if (name.starts_with("quant_conv.") || name.starts_with("post_quant_conv.")) return std::string(name);
  const bool is_encoder = skip(name, "encoder.");
  if (!is_encoder && !skip(name, "decoder.")) return std::nullopt;
  const std::string half = is_encoder ? "encoder." : "decoder.";
  if (const auto found = renamed(kAutoencoderHalfRows, name)) return half + *found;
  if (skip(name, "mid_block.attentions.0.")) {
    return with_prefix(half + "mid.attn_1.", renamed(kAutoencoderAttentionRows, name));
  }
  if (skip(name, "mid_block.resnets.")) {
    const std::optional<int64_t> layer = skip_number(name);
    if (!layer) return std::nullopt;
    const std::string block = half + "mid.block_" + std::to_string(*layer + 1) + ".";
    return with_prefix(block, renamed(kAutoencoderResidualRows, name));
  }
  if (!skip(name, is_encoder ? "down_blocks." : "up_blocks.")) return std::nullopt;
  std::optional<Place> place = place_of(name);
  if (!place || (!is_encoder && place->block >= levels_)) return std::nullopt;
  const std::string level =
      half + (is_encoder ? numbered("down", place->block) : numbered("up", levels_ - 1 - place->block));
  if (place->kind == "resnets") {
    return with_prefix(level + numbered("block", place->layer), renamed(kAutoencoderResidualRows, place->rest));
  }
  const bool is_resize = place->kind == (is_encoder ? "downsamplers" : "upsamplers") && place->layer == 0;
  if (!is_resize || !skip(place->rest, "conv.")) return std::nullopt;
  return level + (is_encoder ? "downsample.conv." : "upsample.conv.") + std::string(place->rest);
}

}  // namespace fude::weights
