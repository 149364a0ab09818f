#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "models/adapters/adapter.h"
#include "pipelines/generation_request.h"
#include "prompt/networks.h"

namespace fude::pipelines {

/// What <lora:NAME:te:unet:dyn> asks for; <lyco:..> is the same.
struct LoraRequest {
  std::string name;
  models::AdapterStrength strength;
};

/// What <hypernet:NAME:strength> asks for.
struct HypernetworkRequest {
  std::string name;
  double strength = 1;
};

/// A tag of a kind that is passed over in silence, as the web UI does.
struct UnknownNetwork {};

using NetworkRequest = std::variant<LoraRequest, HypernetworkRequest, UnknownNetwork>;

/// Reads a network tag. A LoRA's arguments are the text encoder's strength (1), the U-Net's (as the text encoder's) and
/// how many ranks to use (all), in this order or as te=, unet=, dyn=; lbw= gives block weights, which may also stand
/// without "lbw=" after the strengths, as a list or as a preset's name.
/// Throws Error(kInvalidArgument) that names the tag when an argument is none of these.
NetworkRequest read_network_tag(const prompt::NetworkTag& tag);

/// Hashes by name, from a picture's text: "name: hash, other: hash". Names there have no ":" and no ",".
std::map<std::string, std::string> read_network_hashes(std::string_view text);

/// The prompt with the networks that the settings name for every prompt (sd_lora, sd_hypernetwork), as tags at its end;
/// one that the prompt names itself is not added again.
std::string with_standing_networks(const GenerationRequest& request);

}  // namespace fude::pipelines
