#include "ops/cpu/transformer_kernels.h"

#include "ops/cpu/vector_math.h"

namespace fude::ops::cpu {
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
