#include "ops/cpu/transformer_kernels.h"

#include <cmath>

#include "ops/cpu/vector_math.h"

namespace fude::ops::cpu {
namespace {

/// The normal distribution at x: density, and the share below x. The latter by Abramowitz and Stegun 7.1.26, error
/// below 1e-7.
struct NormalAt {
  float density, below;
};

FUDE_INLINE NormalAt normal_at(float x) {
  const float bell = exponential(-0.5F * x * x);
  const float t = 1.0F / (1.0F + 0.3275911F * 0.70710678F * std::fabs(x));
  float tail = 1.061405429F;
  tail = tail * t - 1.453152027F;
  tail = tail * t + 1.421413741F;
  tail = tail * t - 0.284496736F;
  tail = tail * t + 0.254829592F;
  const float above = 0.5F * tail * t * bell;
  return {0.398942280F * bell, x < 0 ? above : 1.0F - above};
}

/// Independent partial sums, so that a sum along a row is vector code without reassociation.
constexpr std::int64_t kLanes = 16;
struct Lanes {
  float sums[kLanes] = {};
  FUDE_INLINE float total() const {
    float total = 0;
    for (const float sum : sums) total += sum;
    return total;
  }
};

/// Adds term(c) for c in [0, width).
template <typename Term>
FUDE_INLINE float sum_row(std::int64_t width, const Term& term) {
  Lanes lanes;
  std::int64_t c = 0;
  for (; c + kLanes <= width; c += kLanes)
    for (std::int64_t k = 0; k < kLanes; ++k) lanes.sums[k] += term(c + k);
  float rest = 0;
  for (; c < width; ++c) rest += term(c);
  return lanes.total() + rest;
}

}  // namespace

FUDE_PER_PROCESSOR void geglu_forward(const GegluRows& shape, const std::uint16_t* input, std::uint16_t* output) {
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    const std::uint16_t* __restrict a = input + row * 2 * shape.width;
    const std::uint16_t* __restrict g = a + shape.width;
    std::uint16_t* __restrict y = output + row * shape.width;
    for (std::int64_t c = 0; c < shape.width; ++c) {
      const float gate = load(g[c]);
      store(load(a[c]) * gate * normal_at(gate).below, y[c]);
    }
  }
}

FUDE_PER_PROCESSOR void geglu_backward(const GegluRows& shape, const std::uint16_t* input,
                                       const std::uint16_t* output_gradient, std::uint16_t* input_gradient) {
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    const std::uint16_t* __restrict a = input + row * 2 * shape.width;
    const std::uint16_t* __restrict g = a + shape.width;
    const std::uint16_t* __restrict dy = output_gradient + row * shape.width;
    std::uint16_t* __restrict da = input_gradient + row * 2 * shape.width;
    std::uint16_t* __restrict dg = da + shape.width;
    for (std::int64_t c = 0; c < shape.width; ++c) {
      const float gate = load(g[c]), d = load(dy[c]);
      const NormalAt normal = normal_at(gate);
      store(d * gate * normal.below, da[c]);
      store(d * load(a[c]) * (normal.below + gate * normal.density), dg[c]);
    }
  }
}

FUDE_PER_PROCESSOR void layer_norm_forward(const LayerNormRows& shape, const std::uint16_t* input,
                                           std::uint16_t* output) {
  const float* __restrict weight = shape.weight;
  const float* __restrict bias = shape.bias;
  const float width = static_cast<float>(shape.width);
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    const std::uint16_t* __restrict x = input + row * shape.width;
    std::uint16_t* __restrict y = output + row * shape.width;
    const float mean = sum_row(shape.width, [&](std::int64_t c) { return load(x[c]); }) / width;
    const float squares = sum_row(shape.width, [&](std::int64_t c) {
      const float centred = load(x[c]) - mean;
      return centred * centred;
    });
    const float scale = 1.0F / std::sqrt(squares / width + static_cast<float>(shape.epsilon));
    shape.mean[row] = mean;
    shape.inverse_std[row] = scale;
    for (std::int64_t c = 0; c < shape.width; ++c) store((load(x[c]) - mean) * scale * weight[c] + bias[c], y[c]);
  }
}

FUDE_PER_PROCESSOR void layer_norm_backward(const LayerNormRows& shape, const std::uint16_t* input,
                                            const std::uint16_t* output_gradient, std::uint16_t* input_gradient,
                                            float* weight_gradient, float* bias_gradient) {
  const float* __restrict weight = shape.weight;
  float* __restrict dweight = weight_gradient;
  float* __restrict dbias = bias_gradient;
  const float width = static_cast<float>(shape.width);
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    const std::uint16_t* __restrict x = input + row * shape.width;
    const std::uint16_t* __restrict dy = output_gradient + row * shape.width;
    std::uint16_t* __restrict dx = input_gradient + row * shape.width;
    const float mean = shape.mean[row], scale = shape.inverse_std[row];
    const float along_one = sum_row(shape.width, [&](std::int64_t c) { return load(dy[c]) * weight[c]; }) / width;
    const float along_x =
        sum_row(shape.width, [&](std::int64_t c) { return load(dy[c]) * weight[c] * (load(x[c]) - mean) * scale; }) /
        width;
    for (std::int64_t c = 0; c < shape.width; ++c) {
      const float d = load(dy[c]), normalised = (load(x[c]) - mean) * scale;
      dweight[c] += d * normalised;
      dbias[c] += d;
      store(scale * (d * weight[c] - along_one - normalised * along_x), dx[c]);
    }
  }
}

}  // namespace fude::ops::cpu
