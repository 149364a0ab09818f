// The kernels along rows, in terms of the vectors of one instruction set (vector_avx512.h, vector_avx2.h), which the
// file that includes this one has included. No library function: its copy would be made of that set's instructions.
#include "ops/cpu/row_kernels.h"

namespace fude::ops::cpu {
namespace {

/// body(first column, how much of a vector) along a row.
template <typename Body>
inline void along(std::int64_t width, const Body& body) {
  std::int64_t c = 0;
  for (; c + Vec::kWidth <= width; c += Vec::kWidth) body(c, Whole{});
  if (c < width) body(c, Part(width - c));
}

/// 2^x = 2^n 2^f with n whole and f in [-0.5, 0.5]: 2^f by the polynomial through its Chebyshev points, relative
/// error below 1e-8 for float (before rounding) and 1.1e-4 for bfloat16. A NaN stays.
template <typename T>
inline Vec power_of_two(Vec x) {
  const auto [whole, f] = split(x);
  if constexpr (sizeof(T) == sizeof(float)) {
    Vec series = all(1.546144470e-4F);
    series = multiply_add(series, f, all(1.340042818e-3F));
    series = multiply_add(series, f, all(9.618056679e-3F));
    series = multiply_add(series, f, all(5.550327227e-2F));
    series = multiply_add(series, f, all(2.402265092e-1F));
    series = multiply_add(series, f, all(6.931472067e-1F));
    return scale_by_power(multiply_add(series, f, all(1.0F)), whole);
  } else {
    Vec series = all(5.583828295e-2F);
    series = multiply_add(series, f, all(2.426394785e-1F));
    series = multiply_add(series, f, all(6.931367339e-1F));
    return scale_by_power(multiply_add(series, f, all(9.999245570e-1F)), whole);
  }
}

template <typename T>
inline Vec inverse_for(Vec x) {
  if constexpr (sizeof(T) == sizeof(float))
    return inverse(x);
  else
    return rough_inverse(x);
}

/// x / (1 + e^(-slope x)).
template <typename T>
inline Vec gated(Vec x, float slope) {
  return x * inverse_for<T>(all(1.0F) + power_of_two<T>(x * all(-1.44269504F * slope)));
}

/// x times the share of the normal distribution below x: Abramowitz and Stegun 7.1.26, error below 1e-7.
template <typename T>
inline Vec gelu(Vec x) {
  const Vec bell = power_of_two<T>(x * x * all(-0.5F * 1.44269504F));
  const Vec t = inverse_for<T>(multiply_add(magnitude(x), all(0.3275911F * 0.70710678F), all(1.0F)));
  Vec tail = all(0.5F * 1.061405429F);
  tail = multiply_add(tail, t, all(-0.5F * 1.453152027F));
  tail = multiply_add(tail, t, all(0.5F * 1.421413741F));
  tail = multiply_add(tail, t, all(-0.5F * 0.284496736F));
  tail = multiply_add(tail, t, all(0.5F * 0.254829592F));
  const Vec above = tail * t * bell;
  return x * where_negative(x, above, all(1.0F) - above);
}

template <typename T, typename Function>
inline void affine_rows(const AffineRows& s, const T* input, T* output, const Function& function) {
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const T* x = input + row * s.input_stride;
    T* y = output + row * s.output_stride;
    along(s.width, [&](std::int64_t c, auto part) {
      write(function(multiply_add(read(x + c, part), read(s.scale + c, part), read(s.shift + c, part))), y + c, part);
    });
  }
}

template <typename T>
void affine(const AffineRows& shape, const T* input, T* output) {
  if (shape.activation == Activation::kSilu)
    affine_rows(shape, input, output, [](Vec x) { return gated<T>(x, 1.0F); });
  else
    affine_rows(shape, input, output, [](Vec x) { return x; });
}

template <typename T>
void geglu(const GegluRows& s, const T* input, T* output) {
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const T* a = input + row * 2 * s.width;
    const T* g = a + s.width;
    T* y = output + row * s.width;
    along(s.width,
          [&](std::int64_t c, auto part) { write(read(a + c, part) * gelu<T>(read(g + c, part)), y + c, part); });
  }
}

/// The sum of term(first column, how much) over a row, four vectors of partial sums at a time.
template <typename Term>
inline float sum_along(std::int64_t width, const Term& term) {
  constexpr std::int64_t kStep = 4 * Vec::kWidth;
  Vec first = all(0), second = first, third = first, fourth = first;
  std::int64_t c = 0;
  for (; c + kStep <= width; c += kStep) {
    first = first + term(c, Whole{});
    second = second + term(c + Vec::kWidth, Whole{});
    third = third + term(c + 2 * Vec::kWidth, Whole{});
    fourth = fourth + term(c + 3 * Vec::kWidth, Whole{});
  }
  for (; c + Vec::kWidth <= width; c += Vec::kWidth) first = first + term(c, Whole{});
  if (c < width) second = second + term(c, Part(width - c));
  return total((first + second) + (third + fourth));
}

template <typename T>
void layer_norm(const LayerNormRows& s, const T* input, T* output) {
  const float share = 1.0F / static_cast<float>(s.width);
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const T* x = input + row * s.width;
    T* y = output + row * s.width;
    const float mean = sum_along(s.width, [&](std::int64_t c, auto part) { return read(x + c, part); }) * share;
    const float squares = sum_along(s.width, [&](std::int64_t c, auto part) {
      const Vec centred = only(read(x + c, part) - all(mean), part);
      return centred * centred;
    });
    const float inverse_std = 1.0F / __builtin_sqrtf(squares * share + static_cast<float>(s.epsilon));
    s.mean[row] = mean;
    s.inverse_std[row] = inverse_std;
    along(s.width, [&](std::int64_t c, auto part) {
      const Vec normalised = (read(x + c, part) - all(mean)) * all(inverse_std);
      write(multiply_add(normalised, read(s.weight + c, part), read(s.bias + c, part)), y + c, part);
    });
  }
}

template <typename T, typename Function>
inline void apply(std::int64_t count, const T* input, T* output, const Function& function) {
  along(count, [&](std::int64_t i, auto part) { write(function(read(input + i, part)), output + i, part); });
}

template <typename T>
void activate(Activation activation, std::int64_t count, const T* input, T* output) {
  switch (activation) {
    case Activation::kNone: return apply(count, input, output, [](Vec x) { return x; });
    case Activation::kSilu: return apply(count, input, output, [](Vec x) { return gated<T>(x, 1.0F); });
    case Activation::kQuickGelu: return apply(count, input, output, [](Vec x) { return gated<T>(x, 1.702F); });
    case Activation::kGelu: return apply(count, input, output, [](Vec x) { return gelu<T>(x); });
  }
}

template <typename T>
constexpr RowKernels<T> kRows{affine<T>, geglu<T>, layer_norm<T>, activate<T>};

}  // namespace
}  // namespace fude::ops::cpu
