#include "training/initialisers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace fude::training {
namespace {

bool has(std::string_view name, std::string_view part) { return name.find(part) != std::string_view::npos; }

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view e) { return name.ends_with(e); });
}

/// [rows, columns] with orthonormal rows or columns, whichever are fewer.
at::Tensor semi_orthogonal(std::int64_t rows, std::int64_t columns) {
  const auto size = std::max(rows, columns), rank = std::min(rows, columns);
  const at::Tensor basis = std::get<0>(at::linalg_qr(at::randn({size, rank})));
  return rows >= columns ? basis : basis.t();
}

/// The weight of the kernel's middle tap: a view [out, in].
at::Tensor middle_tap(const at::Tensor& weight) {
  return weight.select(3, weight.size(3) / 2).select(2, weight.size(2) / 2);
}

at::Tensor opponent_colours() {
  static constexpr std::array<float, 9> kRows = {.58F, .58F, .58F, 1.4F, 0.F, -1.4F, -.8F, 1.6F, -.8F};
  return at::tensor(at::ArrayRef<float>(kRows)).view({3, 3});
}

/// A convolution whose every output is the mean of a 2x2 block of its own channel.
void add_average(const at::Tensor& weight) {
  const at::Tensor quarter = at::eye(weight.size(0)) * 0.25;
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 2; ++x) weight.select(3, x).select(2, y).add_(quarter);
}

at::Tensor quant_weight(at::IntArrayRef shape) {
  at::Tensor weight = at::zeros(shape);
  const std::int64_t half = shape[0] / 2;
  weight.narrow(0, 0, half).narrow(1, 0, half).add_(at::eye(half).view({half, half, 1, 1}));
  weight.narrow(0, half, half).normal_(0, 0.005);
  return weight;
}

at::Tensor autoencoder_weight(const std::string& name, at::IntArrayRef shape, at::Tensor weight) {
  if (name.ends_with("post_quant_conv.weight")) return at::eye(shape[0]).view({shape[0], shape[0], 1, 1});
  if (name.ends_with("quant_conv.weight")) return quant_weight(shape);
  if (ends_with_any(name, {".conv2.weight", ".proj_out.weight"})) return weight * 0.05;
  if (name.ends_with("nin_shortcut.weight")) {
    const double gain =
        shape[0] > shape[1] ? std::sqrt(static_cast<double>(shape[0]) / static_cast<double>(shape[1])) : 1;
    return semi_orthogonal(shape[0], shape[1]).view(shape) * gain;
  }
  if (has(name, "downsample")) {
    weight *= 0.1;
    add_average(weight);
  } else if (has(name, "upsample")) {
    weight *= 0.1;
    middle_tap(weight).add_(at::eye(shape[0]));
  } else if (name.ends_with("encoder.conv_in.weight")) {
    weight *= 0.3;
    middle_tap(weight).add_(at::matmul(semi_orthogonal(shape[0], 3), opponent_colours()) * 2.5);
  } else if (name.ends_with("decoder.conv_in.weight")) {
    weight *= 0.3;
    middle_tap(weight).add_(semi_orthogonal(shape[0], shape[1]) * (0.5 * std::sqrt(static_cast<double>(shape[0]))));
  } else if (name.ends_with("encoder.conv_out.weight")) {
    weight *= 0.3;
    middle_tap(weight).add_(semi_orthogonal(shape[0], shape[1]) * 1.2);
  }
  return weight;
}

}  // namespace

at::Tensor default_initial_value(const std::string& name, at::IntArrayRef shape) {
  if (name.ends_with(".bias")) return at::zeros(shape);
  if (shape.size() == 1) return at::ones(shape);
  std::int64_t fan_in = 1;
  for (std::size_t i = 1; i < shape.size(); ++i) fan_in *= shape[i];
  const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
  return at::empty(shape).uniform_(-bound, bound);
}

at::Tensor autoencoder_initial_value(const std::string& name, at::IntArrayRef shape) {
  at::Tensor value = default_initial_value(name, shape);
  if (shape.size() == 4) return autoencoder_weight(name, shape, std::move(value));
  const bool is_variance_bias = name.ends_with("quant_conv.bias") && !name.ends_with("post_quant_conv.bias");
  if (is_variance_bias) value.narrow(0, shape[0] / 2, shape[0] / 2).fill_(-5);
  return value;
}

at::Tensor denoiser_initial_value(const std::string& name, at::IntArrayRef shape) {
  if (ends_with_any(name, {"out_layers.3.weight", "proj_out.weight", "diffusion_model.out.2.weight"}))
    return at::zeros(shape);
  if (name.ends_with("token_embedding.weight")) return at::randn(shape) * 0.5;
  if (name.ends_with("position_embedding.weight")) return at::randn(shape) * 0.05;
  return default_initial_value(name, shape);
}

Initialiser seeded(std::uint64_t seed, Initialiser initialise) {
  at::manual_seed(seed);
  return initialise;
}

}  // namespace fude::training
