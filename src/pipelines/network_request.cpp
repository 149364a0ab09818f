#include "pipelines/network_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/unicode.h"
#include "prompt/decimal.h"

namespace fude::pipelines {
namespace {

class TagReader {
 public:
  explicit TagReader(const prompt::NetworkTag& tag) : tag_(tag) {}

  LoraRequest lora() {
    for (const std::string& arg : tag_.args) {
      const std::size_t equals = arg.find('=');
      if (equals == std::string::npos) {
        take_next(arg);
      } else {
        take_named(std::string_view(arg).substr(0, equals), std::string_view(arg).substr(equals + 1));
      }
    }
    LoraRequest request{.name = tag_.name, .strength = {}};
    request.strength.text = text_.value_or(1.0);
    request.strength.unet = unet_.value_or(request.strength.text);
    request.strength.dynamic_rank = rank_;
    request.strength.blocks = blocks_;
    return request;
  }

  HypernetworkRequest hypernetwork() const {
    HypernetworkRequest request{.name = tag_.name};
    if (!tag_.args.empty()) request.strength = number(tag_.args.front(), "strength");
    return request;
  }

 private:
  void take_next(std::string_view arg) {
    if (!parse(arg)) return take_blocks(arg);
    switch (position_++) {
      case 0: text_ = number(arg, "strength"); return;
      case 1: unet_ = number(arg, "strength"); return;
      case 2: rank_ = rank(arg); return;
      default: refuse("argument", arg, "at most three numbers");
    }
  }

  void take_named(std::string_view name, std::string_view value) {
    if (name == "te") {
      text_ = number(value, "te");
    } else if (name == "unet") {
      unet_ = number(value, "unet");
    } else if (name == "dyn") {
      rank_ = rank(value);
    } else if (name == "lbw") {
      take_blocks(value);
    }  // other names belong to programs beside this one
  }

  void take_blocks(std::string_view value) {
    blocks_ = models::BlockWeights::parse(value);
    if (!blocks_) refuse("argument", value, "a number, or block weights: a preset or 12, 17, 20 or 26 numbers");
  }

  static std::optional<double> parse(std::string_view text) {
    const std::optional<double> value = prompt::parse_decimal(decode_utf8(text));
    return value && std::isfinite(*value) ? value : std::nullopt;
  }

  double number(std::string_view text, std::string_view what) const {
    const std::optional<double> value = parse(text);
    if (!value) refuse(what, text, "a number");
    return *value;
  }

  std::int64_t rank(std::string_view text) const {
    constexpr double kMost = 1e6;
    const double value = number(text, "dyn");
    if (value < 0 || value > kMost || value != std::floor(value)) refuse("dyn", text, "a whole number from 0");
    return static_cast<std::int64_t>(value);
  }

  [[noreturn]] void refuse(std::string_view what, std::string_view found, std::string_view expected) const {
    fail(ErrorCode::kInvalidArgument, "<{}:{}>: {} is '{}', expected {}", tag_.kind, printable(tag_.name, 60), what,
         printable(found, 60), expected);
  }

  const prompt::NetworkTag& tag_;
  int position_ = 0;
  std::optional<double> text_, unet_;
  std::optional<std::int64_t> rank_;
  std::optional<models::BlockWeights> blocks_;
};

}  // namespace

std::map<std::string, std::string> read_network_hashes(std::string_view text) {
  std::map<std::string, std::string> hashes;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view pair = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    const std::size_t colon = pair.find(": ");
    if (colon == std::string_view::npos || colon == 0 || colon + 2 == pair.size()) continue;
    hashes.emplace(pair.substr(0, colon), pair.substr(colon + 2));
  }
  return hashes;
}

std::string with_standing_networks(const GenerationRequest& request) {
  const std::vector<prompt::NetworkTag> named = prompt::extract_networks(request.prompt).networks;
  std::string text = request.prompt;
  for (const auto& [kind, name] : {std::pair{std::string_view("hypernet"), std::string_view(request.sd_hypernetwork)},
                                   std::pair{std::string_view("lora"), std::string_view(request.sd_lora)}}) {
    if (name.empty() || name == "None") continue;
    const auto names_it = [&, kind = kind, name = name](const prompt::NetworkTag& tag) {
      return tag.name == name && (tag.kind == kind || (kind == "lora" && tag.kind == "lyco"));
    };
    if (std::ranges::any_of(named, names_it)) continue;
    text += fmt::format("<{}:{}:{}>", kind, name, request.extra_networks_default_multiplier);
  }
  return text;
}

NetworkRequest read_network_tag(const prompt::NetworkTag& tag) {
  if (tag.kind == "lora" || tag.kind == "lyco") return TagReader(tag).lora();
  if (tag.kind == "hypernet") return TagReader(tag).hypernetwork();
  return UnknownNetwork{};
}

}  // namespace fude::pipelines
