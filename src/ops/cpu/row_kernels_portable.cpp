#include <cmath>

#include "ops/cpu/row_kernels.h"
#include "ops/cpu/vector_math.h"

// For processors that none of the other tables is for: plain loops.
namespace fude::ops::cpu {
namespace {

float gelu(float x) { return x * normal_at(x).below; }

float activated(Activation activation, float x) {
  switch (activation) {
    case Activation::kNone: return x;
    case Activation::kSilu: return x * sigmoid(x);
    case Activation::kQuickGelu: return x * sigmoid(1.702F * x);
    case Activation::kGelu: return gelu(x);
  }
  return x;
}

template <typename T>
void activate(Activation activation, std::int64_t count, const T* input, T* output) {
  for (std::int64_t i = 0; i < count; ++i) store(activated(activation, load(input[i])), output[i]);
}

template <typename T>
void affine(const AffineRows& s, const T* input, T* output) {
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const T* x = input + row * s.input_stride;
    T* y = output + row * s.output_stride;
    for (std::int64_t c = 0; c < s.width; ++c)
      store(activated(s.activation, load(x[c]) * s.scale[c] + s.shift[c]), y[c]);
  }
}

template <typename T>
void geglu(const GegluRows& s, const T* input, T* output) {
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const T* a = input + row * 2 * s.width;
    T* y = output + row * s.width;
    for (std::int64_t c = 0; c < s.width; ++c) store(load(a[c]) * gelu(load(a[s.width + c])), y[c]);
  }
}

template <typename T>
void layer_norm(const LayerNormRows& s, const T* input, T* output) {
  const float width = static_cast<float>(s.width);
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const T* x = input + row * s.width;
    T* y = output + row * s.width;
    const float mean = sum_row(s.width, [&](std::int64_t c) { return load(x[c]); }) / width;
    const float squares = sum_row(s.width, [&](std::int64_t c) {
      const float centred = load(x[c]) - mean;
      return centred * centred;
    });
    const float scale = 1.0F / std::sqrt(squares / width + static_cast<float>(s.epsilon));
    s.mean[row] = mean;
    s.inverse_std[row] = scale;
    for (std::int64_t c = 0; c < s.width; ++c) store((load(x[c]) - mean) * scale * s.weight[c] + s.bias[c], y[c]);
  }
}

template <typename T>
constexpr RowKernels<T> kRows{affine<T>, geglu<T>, layer_norm<T>, activate<T>};

}  // namespace

const RowKernels<float> kPortableFloatRows = kRows<float>;
const RowKernels<std::uint16_t> kPortableBf16Rows = kRows<std::uint16_t>;

}  // namespace fude::ops::cpu
