#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fude::prompt {

/// <kind:name:arg:...>, a request for a LoRA or another extra network.
struct NetworkTag {
  std::string kind;               // "lora", "hypernet", ..., as written
  std::string name;               // file name without extension, or an alias
  std::vector<std::string> args;  // the rest, between colons; "te=0.5" is a named one

  bool operator==(const NetworkTag&) const = default;
};

struct TextAndNetworks {
  std::string text;  // without the tags; what stood around them stays
  std::vector<NetworkTag> networks;
};

/// Takes the network tags out of a prompt, in order, whatever their kind. Commas and spaces around them stay.
TextAndNetworks extract_networks(std::string_view text);

/// Removes comments: lines that start with '#', and everything from a '#' to the end of its line.
std::string strip_comments(std::string_view text);

}  // namespace fude::prompt
