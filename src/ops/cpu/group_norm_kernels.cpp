#include "ops/cpu/group_norm_kernels.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "ops/cpu/vector_math.h"

namespace fude::ops::cpu {
namespace {

/// Pixels summed in float before the sum moves to a double.
constexpr std::int64_t kBlock = 256;

/// Per-channel factors of a slice's affine map: normalised input -> scale * input + shift.
struct Affine {
  std::vector<float> scale, shift;
  explicit Affine(const GroupNormSlice& s)
      : scale(static_cast<std::size_t>(s.channels)), shift(static_cast<std::size_t>(s.channels)) {
    for (std::int64_t c = 0; c < s.channels; ++c) {
      const std::int64_t g = c / s.group_width;
      scale[c] = s.weight[c] * s.inverse_std[g];
      shift[c] = s.bias[c] - s.mean[g] * scale[c];
    }
  }
};

/// Sums kept as float for a block of pixels, then added to doubles.
struct BlockedSums {
  std::vector<float> first, second;
  std::vector<double> total_first, total_second;
  explicit BlockedSums(std::int64_t n)
      : first(static_cast<std::size_t>(n)), second(first), total_first(first.size()), total_second(first.size()) {}
  void carry() {
    for (std::size_t i = 0; i < first.size(); ++i) {
      total_first[i] += first[i];
      total_second[i] += second[i];
      first[i] = second[i] = 0;
    }
  }
};

/// Writes mean and inverse_std. Values are taken relative to the first pixel, so a large mean costs no precision.
template <typename T>
FUDE_INLINE void statistics(const GroupNormSlice& s, const T* __restrict input) {
  BlockedSums sums(s.channels);
  std::vector<float> origins(static_cast<std::size_t>(s.channels));
  for (std::int64_t c = 0; c < s.channels; ++c) origins[c] = load(input[c]);
  float* __restrict sum = sums.first.data();
  float* __restrict squares = sums.second.data();
  const float* __restrict origin = origins.data();
  for (std::int64_t p = 0; p < s.pixels; ++p) {
    const T* __restrict x = input + p * s.stride;
    for (std::int64_t c = 0; c < s.channels; ++c) {
      const float v = load(x[c]) - origin[c];
      sum[c] += v;
      squares[c] += v * v;
    }
    if (p % kBlock == kBlock - 1) sums.carry();
  }
  sums.carry();
  const double pixels = static_cast<double>(s.pixels);
  for (std::int64_t g = 0; g < s.channels / s.group_width; ++g) {
    double mean = 0, spread = 0;
    for (std::int64_t c = g * s.group_width; c < (g + 1) * s.group_width; ++c)
      mean += origins[c] + sums.total_first[c] / pixels;
    mean /= static_cast<double>(s.group_width);
    for (std::int64_t c = g * s.group_width; c < (g + 1) * s.group_width; ++c) {
      const double offset = origins[c] + sums.total_first[c] / pixels - mean;
      spread += sums.total_second[c] - sums.total_first[c] * sums.total_first[c] / pixels + offset * offset * pixels;
    }
    const double variance = std::max(0.0, spread / (pixels * static_cast<double>(s.group_width)));
    s.mean[g] = static_cast<float>(mean);
    s.inverse_std[g] = static_cast<float>(1.0 / std::sqrt(variance + s.epsilon));
  }
}

template <typename T>
FUDE_INLINE void forward(const GroupNormSlice& s, const T* input, T* output) {
  statistics(s, input);
  const Affine affine(s);
  const float* __restrict scale = affine.scale.data();
  const float* __restrict shift = affine.shift.data();
  for (std::int64_t p = 0; p < s.pixels; ++p) {
    const T* x = input + p * s.stride;
    T* y = output + p * s.stride;
    if (s.activation == Activation::kSilu) {
#pragma GCC ivdep
      for (std::int64_t c = 0; c < s.channels; ++c) {
        const float z = load(x[c]) * scale[c] + shift[c];
        store(z * sigmoid(z), y[c]);
      }
    } else {
#pragma GCC ivdep
      for (std::int64_t c = 0; c < s.channels; ++c) store(load(x[c]) * scale[c] + shift[c], y[c]);
    }
  }
}

/// First pass: gradient before the activation, left in `pre`, and its sums (plain, and times the centred input).
template <typename T>
FUDE_INLINE void activation_backward(const GroupNormSlice& s, const Affine& affine, const T* __restrict input,
                                     const T* __restrict gradient, T* __restrict pre, BlockedSums& sums) {
  std::vector<float> means(static_cast<std::size_t>(s.channels));
  for (std::int64_t c = 0; c < s.channels; ++c) means[c] = s.mean[c / s.group_width];
  const float* __restrict mean = means.data();
  const float* __restrict scale = affine.scale.data();
  const float* __restrict shift = affine.shift.data();
  float* __restrict plain = sums.first.data();
  float* __restrict times_input = sums.second.data();
  for (std::int64_t p = 0; p < s.pixels; ++p) {
    const T* __restrict x = input + p * s.stride;
    const T* __restrict dy = gradient + p * s.stride;
    T* __restrict out = pre + p * s.stride;
    if (s.activation == Activation::kSilu) {
      for (std::int64_t c = 0; c < s.channels; ++c) {
        const float v = load(x[c]);
        const float z = v * scale[c] + shift[c];
        const float gate = sigmoid(z);
        const float d = load(dy[c]) * gate * (1.0F + z * (1.0F - gate));
        plain[c] += d;
        times_input[c] += d * (v - mean[c]);
        store(d, out[c]);
      }
    } else {
      for (std::int64_t c = 0; c < s.channels; ++c) {
        const float d = load(dy[c]);
        plain[c] += d;
        times_input[c] += d * (load(x[c]) - mean[c]);
        out[c] = dy[c];
      }
    }
    if (p % kBlock == kBlock - 1) sums.carry();
  }
  sums.carry();
}

template <typename T>
FUDE_INLINE void backward(const GroupNormSlice& s, const T* input, const T* gradient, T* input_gradient,
                          float* weight_gradient, float* bias_gradient) {
  const Affine affine(s);
  BlockedSums sums(s.channels);
  activation_backward(s, affine, input, gradient, input_gradient, sums);

  // dx = scale * d + slope * x + level: the two last terms take out the mean and the component along x.
  std::vector<float> slopes(static_cast<std::size_t>(s.channels)), levels(slopes);
  const double count = static_cast<double>(s.pixels) * static_cast<double>(s.group_width);
  for (std::int64_t g = 0; g < s.channels / s.group_width; ++g) {
    const double r = s.inverse_std[g];
    double along_one = 0, along_x = 0;
    for (std::int64_t c = g * s.group_width; c < (g + 1) * s.group_width; ++c) {
      bias_gradient[c] = static_cast<float>(sums.total_first[c]);
      weight_gradient[c] = static_cast<float>(sums.total_second[c] * r);
      along_one += s.weight[c] * sums.total_first[c];
      along_x += s.weight[c] * sums.total_second[c];
    }
    const double slope = -r * r * r * along_x / count;
    for (std::int64_t c = g * s.group_width; c < (g + 1) * s.group_width; ++c) {
      slopes[c] = static_cast<float>(slope);
      levels[c] = static_cast<float>(-slope * s.mean[g] - r * along_one / count);
    }
  }
  const float* __restrict scale = affine.scale.data();
  const float* __restrict slope = slopes.data();
  const float* __restrict level = levels.data();
  for (std::int64_t p = 0; p < s.pixels; ++p) {
    const T* __restrict x = input + p * s.stride;
    T* __restrict dx = input_gradient + p * s.stride;
    for (std::int64_t c = 0; c < s.channels; ++c)
      store(load(dx[c]) * scale[c] + load(x[c]) * slope[c] + level[c], dx[c]);
  }
}

}  // namespace

FUDE_PER_PROCESSOR void group_norm_forward(const GroupNormSlice& slice, const float* input, float* output) {
  forward(slice, input, output);
}

FUDE_PER_PROCESSOR void group_norm_forward(const GroupNormSlice& slice, const std::uint16_t* input,
                                           std::uint16_t* output) {
  forward(slice, input, output);
}

FUDE_PER_PROCESSOR void group_norm_backward(const GroupNormSlice& slice, const float* input,
                                            const float* output_gradient, float* input_gradient, float* weight_gradient,
                                            float* bias_gradient) {
  backward(slice, input, output_gradient, input_gradient, weight_gradient, bias_gradient);
}

FUDE_PER_PROCESSOR void group_norm_backward(const GroupNormSlice& slice, const std::uint16_t* input,
                                            const std::uint16_t* output_gradient, std::uint16_t* input_gradient,
                                            float* weight_gradient, float* bias_gradient) {
  backward(slice, input, output_gradient, input_gradient, weight_gradient, bias_gradient);
}

}  // namespace fude::ops::cpu
