#include "models/adapters/hypernetwork_layout.h"

#include <fmt/ranges.h>

#include <charconv>
#include <optional>
#include <utility>

#include "core/error.h"

namespace fude::models {
namespace {

constexpr std::size_t kMostLayers = 64;
constexpr int64_t kWidestLayer = 64;  // times the width; what attention reads times that must fit into memory

/// "768.0.linear.2.weight" -> 768, 0, 2, "weight".
struct EntryName {
  int64_t width = 0;
  int side = 0;   // 0 keys, 1 values
  int index = 0;  // in the row of modules
  std::string_view part;
};

std::optional<EntryName> parse_name(std::string_view name) {
  EntryName entry;
  const auto number = [&](auto& value) {
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
    const auto length = static_cast<std::size_t>(end - name.data());
    if (error != std::errc() || length == 0 || length == name.size()) return false;
    name.remove_prefix(length);
    return true;
  };
  const auto skip = [&](std::string_view piece) {
    if (!name.starts_with(piece)) return false;
    name.remove_prefix(piece.size());
    return true;
  };
  if (!number(entry.width) || !skip(".") || !number(entry.side) || !skip(".linear")) return std::nullopt;
  // The oldest files have "linear1" and "linear2", without anything between them.
  const bool is_oldest = !skip(".");
  if (!number(entry.index) || !skip(".")) return std::nullopt;
  entry.part = name;
  const bool is_sound = entry.width > 0 && (entry.side == 0 || entry.side == 1) && entry.index >= (is_oldest ? 1 : 0) &&
                        (entry.part == "weight" || entry.part == "bias");
  return is_sound ? std::optional(entry) : std::nullopt;
}

class Reader {
 public:
  Reader(const weights::TensorIndex& index, std::string_view file) : index_(index), file_(file) {
    for (const auto& [name, shape] : index) {
      if (const auto entry = parse_name(name)) {
        modules_[{entry->width, entry->side}][entry->index][std::string(entry->part)] = name;
      }
    }
  }

  std::map<int64_t, HypernetworkSides> sides() const {
    std::map<int64_t, HypernetworkSides> sides;
    for (const auto& [place, modules] : modules_) {
      const auto [width, side] = place;
      (side == 0 ? sides[width].keys : sides[width].values) = layers(width, modules);
    }
    return sides;
  }

 private:
  using Module = std::map<std::string, std::string>;  // "weight" and "bias" to the tensors' names
  using Modules = std::map<int, Module>;

  std::vector<HypernetworkLayer> layers(int64_t width, const Modules& modules) const {
    std::vector<HypernetworkLayer> result;
    int64_t in = width;
    for (const auto& [number, module] : modules) {
      const std::vector<int64_t>& shape = index_.at(name_of(module, "weight"));
      if (shape.size() == 2) {
        if (result.size() == kMostLayers) refuse("has more than {} layers", kMostLayers);
        if (shape[0] / kWidestLayer > width) refuse("has a layer of {} values for a width of {}", shape[0], width);
        result.push_back(
            {.weight = checked(module, "weight", {shape[0], in}), .bias = checked(module, "bias", {shape[0]})});
        in = shape[0];
      } else if (shape.size() == 1 && !result.empty()) {
        result.back().norm_weight = checked(module, "weight", {in});
        result.back().norm_bias = checked(module, "bias", {in});
      } else {
        refuse("has a layer of {} dimensions, expected 2", shape.size());
      }
    }
    if (in != width) refuse("turns {} values into {}, expected as many", width, in);
    return result;
  }

  const std::string& name_of(const Module& module, const std::string& part) const {
    const auto found = module.find(part);
    if (found == module.end()) refuse("has a layer without {}", part);
    return found->second;
  }

  const std::string& checked(const Module& module, const std::string& part, const std::vector<int64_t>& shape) const {
    const std::string& name = name_of(module, part);
    const std::vector<int64_t>& stored = index_.at(name);
    if (stored != shape) {
      refuse("has tensor '{}' of shape [{}], expected [{}]", printable(name), fmt::join(stored, ", "),
             fmt::join(shape, ", "));
    }
    return name;
  }

  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorCode::kCorruptFile, "hypernetwork '{}' {}", printable(file_),
         fmt::format(format, std::forward<Args>(args)...));
  }

  const weights::TensorIndex& index_;
  std::string_view file_;
  std::map<std::pair<int64_t, int>, Modules> modules_;
};

std::string entry_of(const std::map<std::string, std::string>& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string() : found->second;
}

}  // namespace

bool is_hypernetwork_tensor(std::string_view name) { return parse_name(name).has_value(); }

HypernetworkLayout read_hypernetwork_layout(const weights::TensorIndex& index,
                                            const std::map<std::string, std::string>& metadata, std::string_view file) {
  HypernetworkLayout layout{.sides = Reader(index, file).sides(),
                            .activation = entry_of(metadata, "activation_func"),
                            .activates_output = entry_of(metadata, "activate_output") != "false"};
  if (layout.activation == "linear") layout.activation.clear();
  if (layout.sides.empty()) {
    fail(ErrorCode::kUnsupportedModel, "'{}' has no layers for any width, expected a hypernetwork", printable(file));
  }
  return layout;
}

}  // namespace fude::models
