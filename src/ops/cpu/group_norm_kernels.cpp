#include "ops/cpu/group_norm_kernels.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "ops/cpu/vector_math.h"

namespace fude::ops::cpu {
namespace {

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

/// Four pixels for each visit of the sums: they stay in the nearest cache, but each visit costs a read and a write.
constexpr std::int64_t kPixelsAtOnce = 4;

template <std::int64_t kRows, typename T>
FUDE_INLINE void add_rows(std::int64_t channels, std::int64_t stride, const T* __restrict x, const T* __restrict origin,
                          float* __restrict sum, float* __restrict squares) {
  for (std::int64_t c = 0; c < channels; ++c) {
    const float zero = load(origin[c]);
    float total = sum[c], total_squares = squares[c];
    for (std::int64_t row = 0; row < kRows; ++row) {
      const float v = load(x[row * stride + c]) - zero;
      total += v;
      total_squares += v * v;
    }
    sum[c] = total;
    squares[c] = total_squares;
  }
}

template <typename T>
FUDE_INLINE void sums(const GroupNormPixels& s, const T* input, const T* origin, float* sum, float* squares) {
  std::fill_n(sum, s.channels, 0.0F);
  std::fill_n(squares, s.channels, 0.0F);
  std::int64_t p = 0;
  for (; p + kPixelsAtOnce <= s.pixels; p += kPixelsAtOnce)
    add_rows<kPixelsAtOnce>(s.channels, s.stride, input + p * s.stride, origin, sum, squares);
  for (; p < s.pixels; ++p) add_rows<1>(s.channels, s.stride, input + p * s.stride, origin, sum, squares);
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
    if (p % kGroupNormMaxPixels == kGroupNormMaxPixels - 1) sums.carry();
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

FUDE_PER_PROCESSOR void group_norm_sums(const GroupNormPixels& shape, const float* input, const float* origin,
                                        float* sum, float* squares) {
  sums(shape, input, origin, sum, squares);
}

FUDE_PER_PROCESSOR void group_norm_sums(const GroupNormPixels& shape, const std::uint16_t* input,
                                        const std::uint16_t* origin, float* sum, float* squares) {
  sums(shape, input, origin, sum, squares);
}

FUDE_PER_PROCESSOR void group_norm_totals(std::int64_t count, std::int64_t blocks, std::int64_t stride,
                                          const float* __restrict sums, double* __restrict totals) {
  std::fill_n(totals, count, 0.0);
  for (std::int64_t block = 0; block < blocks; ++block)
    for (std::int64_t i = 0; i < count; ++i) totals[i] += sums[block * stride + i];
}

void group_norm_affine(const GroupNormStatistics& s) {
  const double pixels = static_cast<double>(s.pixels), width = static_cast<double>(s.group_width);
  for (std::int64_t g = 0; g < s.groups; ++g) {
    const std::int64_t begin = g * s.group_width, end = begin + s.group_width;
    double mean = 0, spread = 0;
    for (std::int64_t c = begin; c < end; ++c) mean += s.origin[c] + s.sums[c] / pixels;
    mean /= width;
    for (std::int64_t c = begin; c < end; ++c) {
      const double offset = s.origin[c] + s.sums[c] / pixels - mean;
      spread += s.squares[c] - s.sums[c] * s.sums[c] / pixels + offset * offset * pixels;
    }
    const double variance = std::max(0.0, spread / (pixels * width));
    s.mean[g] = static_cast<float>(mean);
    s.inverse_std[g] = static_cast<float>(1.0 / std::sqrt(variance + s.epsilon));
    for (std::int64_t c = begin; c < end; ++c) {
      s.scale[c] = s.weight[c] * s.inverse_std[g];
      s.shift[c] = s.bias[c] - s.mean[g] * s.scale[c];
    }
  }
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
