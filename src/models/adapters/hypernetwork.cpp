#include "models/adapters/hypernetwork.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "models/adapters/finite_values.h"
#include "models/adapters/hypernetwork_layout.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using Activation = at::Tensor (*)(const at::Tensor&);

constexpr double kLayerNormEps = 1e-5;

struct NamedActivation {
  std::string_view name;
  Activation run;
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

Activation find_activation(const std::string& name, const std::string& file) {
  if (name.empty()) return nullptr;
  const auto found = std::ranges::find(kActivations, name, &NamedActivation::name);
  if (found != kActivations.end()) return found->run;
  fail(ErrorCode::kUnsupportedModel, "'{}' has the activation '{}', which Fude does not know", printable(file),
       printable(name, 60));
}

}  // namespace

Hypernetwork::Hypernetwork(const io::TensorFile& file, const at::TensorOptions& options) {
  const HypernetworkLayout layout = read_hypernetwork_layout(weights::index_of(file), file.metadata(), file.name());
  const Activation activation = find_activation(layout.activation, file.name());
  const auto take = [&](const std::string& name) {
    const at::Tensor tensor = file.tensor(name);
    require_finite(tensor, name, file.name());
    return tensor.to(options);
  };
  const auto layers_of = [&](const std::vector<HypernetworkLayer>& named) {
    Layers layers;
    for (const HypernetworkLayer& layer : named) {
      layers.push_back({.weight = take(layer.weight), .bias = take(layer.bias), .activation = activation});
      if (layer.norm_weight.empty()) continue;
      layers.back().norm_weight = take(layer.norm_weight);
      layers.back().norm_bias = take(layer.norm_bias);
    }
    if (!layers.empty() && !layout.activates_output) layers.back().activation = nullptr;
    return layers;
  };
  for (const auto& [width, sides] : layout.sides) {
    pairs_[width] = {.keys = layers_of(sides.keys), .values = layers_of(sides.values)};
  }
}

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
