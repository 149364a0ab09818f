#include "models/adapters/hypernetwork.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/error.h"

namespace fude::models {
namespace {

constexpr double kLayerNormEps = 1e-5;
constexpr std::size_t kMostLayers = 64;

struct NamedActivation {
  std::string_view name;
  at::Tensor (*run)(const at::Tensor&);
};

// The web UI's own names first ("swish" there is the hard one), then PyTorch's modules by their lower-case names, those
// without weights and of one input. In use, not in training: "rrelu" has the mean of its slopes.
constexpr std::array kActivations{
    NamedActivation{"relu", [](const at::Tensor& x) { return at::relu(x); }},
    NamedActivation{"leakyrelu", [](const at::Tensor& x) { return at::leaky_relu(x); }},
    NamedActivation{"elu", [](const at::Tensor& x) { return at::elu(x); }},
    NamedActivation{"swish", [](const at::Tensor& x) { return at::hardswish(x); }},
    NamedActivation{"tanh", [](const at::Tensor& x) { return at::tanh(x); }},
    NamedActivation{"sigmoid", [](const at::Tensor& x) { return at::sigmoid(x); }},
    NamedActivation{"celu", [](const at::Tensor& x) { return at::celu(x); }},
    NamedActivation{"gelu", [](const at::Tensor& x) { return at::gelu(x); }},
    NamedActivation{"hardshrink", [](const at::Tensor& x) { return at::hardshrink(x); }},
    NamedActivation{"hardsigmoid", [](const at::Tensor& x) { return at::hardsigmoid(x); }},
    NamedActivation{"hardswish", [](const at::Tensor& x) { return at::hardswish(x); }},
    NamedActivation{"hardtanh", [](const at::Tensor& x) { return at::hardtanh(x); }},
    NamedActivation{"logsigmoid", [](const at::Tensor& x) { return at::log_sigmoid(x); }},
    NamedActivation{"mish", [](const at::Tensor& x) { return at::mish(x); }},
    NamedActivation{"relu6", [](const at::Tensor& x) { return at::clamp(x, 0, 6); }},
    NamedActivation{"rrelu", [](const at::Tensor& x) { return at::leaky_relu(x, (1.0 / 8 + 1.0 / 3) / 2); }},
    NamedActivation{"selu", [](const at::Tensor& x) { return at::selu(x); }},
    NamedActivation{"silu", [](const at::Tensor& x) { return at::silu(x); }},
    NamedActivation{"softmax", [](const at::Tensor& x) { return at::softmax(x, -1); }},
    NamedActivation{"softmin", [](const at::Tensor& x) { return at::softmax(-x, -1); }},
    NamedActivation{"softplus", [](const at::Tensor& x) { return at::softplus(x); }},
    NamedActivation{"softshrink", [](const at::Tensor& x) { return at::softshrink(x); }},
    NamedActivation{"softsign", [](const at::Tensor& x) { return x / (1 + x.abs()); }},
    NamedActivation{"tanhshrink", [](const at::Tensor& x) { return x - at::tanh(x); }},
};

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
  if (is_oldest) --entry.index;
  entry.part = name;
  const bool is_sound = entry.width > 0 && (entry.side == 0 || entry.side == 1) && entry.index >= 0 &&
                        (entry.part == "weight" || entry.part == "bias");
  return is_sound ? std::optional(entry) : std::nullopt;
}

std::string metadata_of(const io::TensorFile& file, const std::string& key) {
  const auto found = file.metadata().find(key);
  return found == file.metadata().end() ? std::string() : found->second;
}

}  // namespace

class Hypernetwork::Reader {
 public:
  Reader(const io::TensorFile& file, const at::TensorOptions& options) : file_(file), options_(options) {
    for (const auto& [name, record] : file.tensors()) {
      if (const auto entry = parse_name(name)) {
        modules_[{entry->width, entry->side}][entry->index][std::string(entry->part)] = name;
      }
    }
    read_activation();
  }

  std::map<int64_t, Pair> pairs() {
    std::map<int64_t, Pair> pairs;
    for (const auto& [place, modules] : modules_) {
      const auto [width, side] = place;
      Pair& pair = pairs[width];
      (side == 0 ? pair.keys : pair.values) = layers(width, modules);
    }
    if (pairs.empty()) {
      fail(ErrorCode::kUnsupportedModel, "'{}' has no layers for any width, expected a hypernetwork",
           printable(file_.name()));
    }
    return pairs;
  }

 private:
  using Module = std::map<std::string, std::string>;  // "weight" and "bias" to the tensors' names
  using Modules = std::map<int, Module>;

  void read_activation() {
    const std::string name = metadata_of(file_, "activation_func");
    activates_output_ = metadata_of(file_, "activate_output") != "false";
    if (name.empty() || name == "linear") return;
    const auto found = std::ranges::find(kActivations, name, &NamedActivation::name);
    if (found == kActivations.end()) {
      fail(ErrorCode::kUnsupportedModel, "'{}' has the activation '{}', which Fude does not know",
           printable(file_.name()), printable(name, 60));
    }
    activation_ = found->run;
  }

  Layers layers(int64_t width, const Modules& modules) const {
    Layers result;
    int64_t in = width;
    for (const auto& [index, module] : modules) {
      const std::vector<int64_t>& shape = file_.tensors().at(name_of(module, "weight")).shape;
      if (shape.size() == 2) {
        if (result.size() == kMostLayers) refuse("has more than {} layers", kMostLayers);
        result.push_back({.weight = take(module, "weight", {shape[0], in}), .bias = take(module, "bias", {shape[0]})});
        result.back().activation = activation_;
        in = shape[0];
      } else if (shape.size() == 1 && !result.empty()) {
        result.back().norm_weight = take(module, "weight", {in});
        result.back().norm_bias = take(module, "bias", {in});
      } else {
        refuse("has a layer of {} dimensions, expected 2", shape.size());
      }
    }
    if (in != width) refuse("turns {} values into {}, expected as many", width, in);
    if (!activates_output_) result.back().activation = nullptr;
    return result;
  }

  const std::string& name_of(const Module& module, const std::string& part) const {
    const auto found = module.find(part);
    if (found == module.end()) refuse("has a layer without {}", part);
    return found->second;
  }

  at::Tensor take(const Module& module, const std::string& part, const std::vector<int64_t>& shape) const {
    const std::string& name = name_of(module, part);
    const std::vector<int64_t>& stored = file_.tensors().at(name).shape;
    if (stored != shape) {
      refuse("has tensor '{}' of shape {}, expected {}", printable(name), io::shape_text(stored),
             io::shape_text(shape));
    }
    return file_.tensor(name).to(options_);
  }

  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorCode::kCorruptFile, "hypernetwork '{}' {}", printable(file_.name()),
         fmt::format(format, std::forward<Args>(args)...));
  }

  const io::TensorFile& file_;
  at::TensorOptions options_;
  std::map<std::pair<int64_t, int>, Modules> modules_;
  Activation activation_ = nullptr;
  bool activates_output_ = true;
};

Hypernetwork::Hypernetwork(const io::TensorFile& file, const at::TensorOptions& options)
    : pairs_(Reader(file, options).pairs()) {}

std::pair<at::Tensor, at::Tensor> Hypernetwork::apply(const at::Tensor& for_keys, const at::Tensor& for_values,
                                                      double strength) const {
  const auto found = pairs_.find(for_keys.size(-1));
  if (found == pairs_.end()) return {for_keys, for_values};
  return {run(found->second.keys, for_keys, strength), run(found->second.values, for_values, strength)};
}

std::vector<int64_t> Hypernetwork::widths() const {
  std::vector<int64_t> result;
  for (const auto& [width, pair] : pairs_) result.push_back(width);
  return result;
}

at::Tensor Hypernetwork::run(const Layers& layers, const at::Tensor& x, double strength) {
  if (layers.empty()) return x;
  at::Tensor h = x;
  for (const Layer& layer : layers) {
    h = at::linear(h, layer.weight, layer.bias);
    if (layer.activation != nullptr) h = layer.activation(h);
    if (layer.norm_weight.defined()) {
      h = at::layer_norm(h, {h.size(-1)}, layer.norm_weight, layer.norm_bias, kLayerNormEps);
    }
  }
  return x + h * strength;
}

}  // namespace fude::models
