#include "ops/cpu/row_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "ops/cpu/vector_math.h"

namespace fude::ops::cpu {
namespace {

double gelu(double x) { return x * 0.5 * std::erfc(-x / std::sqrt(2.0)); }

double activated(Activation activation, double x) {
  switch (activation) {
    case Activation::kNone: return x;
    case Activation::kSilu: return x / (1 + std::exp(-x));
    case Activation::kQuickGelu: return x / (1 + std::exp(-1.702 * x));
    case Activation::kGelu: return gelu(x);
  }
  return x;
}

/// Every set that this processor has, and the portable one, for numbers of both types and widths with every tail.
template <typename T>
class RowKernelsOf : public testing::Test {
 protected:
  static constexpr bool kIsFloat = sizeof(T) == sizeof(float);
  /// Of a result: rounding, and for GELU an absolute error beside it.
  static double tolerance(double exact) {
    return (kIsFloat ? 1e-6 : 5e-3) * std::abs(exact) + (kIsFloat ? 1e-6 : 1e-5);
  }

  static std::vector<InstructionSet> sets() {
    std::vector<InstructionSet> sets = available_instruction_sets();
    sets.insert(sets.begin(), InstructionSet::kPortable);
    return sets;
  }
  static std::vector<std::int64_t> widths() { return {1, 7, 8, 15, 16, 17, 63, 64, 65, 100, 320, 333}; }

  static std::vector<T> numbers(std::int64_t count, double scale = 3) {
    std::vector<T> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i)
      store(static_cast<float>(scale * std::sin(1.7 * static_cast<double>(i * i % 1009) + 0.3)), values[i]);
    return values;
  }
  static std::vector<float> factors(std::int64_t count, float phase) {
    std::vector<float> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1.5F * std::sin(phase + 0.9F * static_cast<float>(i));
    return values;
  }
  static constexpr T kUntouched = T(77);
};

using NumberTypes = testing::Types<float, std::uint16_t>;
TYPED_TEST_SUITE(RowKernelsOf, NumberTypes);

TYPED_TEST(RowKernelsOf, AffineMapsEachColumnAndStaysWithinItsRows) {
  constexpr std::int64_t kRows = 3, kGap = 5;
  for (const InstructionSet set : this->sets())
    for (const std::int64_t width : this->widths())
      for (const Activation activation : {Activation::kNone, Activation::kSilu}) {
        const auto x = this->numbers(kRows * (width + kGap));
        const auto scale = this->factors(width, 0.2F), shift = this->factors(width, 1.0F);
        std::vector<TypeParam> y(static_cast<std::size_t>(kRows * (width + 1)), this->kUntouched);
        row_kernels<TypeParam>(set).affine({.rows = kRows,
                                            .width = width,
                                            .input_stride = width + kGap,
                                            .output_stride = width + 1,
                                            .activation = activation,
                                            .scale = scale.data(),
                                            .shift = shift.data()},
                                           x.data(), y.data());
        for (std::int64_t row = 0; row < kRows; ++row) {
          for (std::int64_t c = 0; c < width; ++c) {
            const double exact =
                activated(activation, static_cast<double>(load(x[row * (width + kGap) + c])) * scale[c] + shift[c]);
            ASSERT_NEAR(load(y[row * (width + 1) + c]), exact, this->tolerance(exact)) << name_of(set) << " " << width;
          }
          EXPECT_EQ(y[row * (width + 1) + width], this->kUntouched);
        }
      }
}

TYPED_TEST(RowKernelsOf, GegluGatesTheFirstHalfByTheSecond) {
  constexpr std::int64_t kRows = 3;
  for (const InstructionSet set : this->sets())
    for (const std::int64_t width : this->widths()) {
      const auto x = this->numbers(kRows * 2 * width);
      std::vector<TypeParam> y(static_cast<std::size_t>(kRows * width + 1), this->kUntouched);
      row_kernels<TypeParam>(set).geglu({.rows = kRows, .width = width}, x.data(), y.data());
      for (std::int64_t row = 0; row < kRows; ++row)
        for (std::int64_t c = 0; c < width; ++c) {
          const double exact = load(x[row * 2 * width + c]) * gelu(load(x[row * 2 * width + width + c]));
          ASSERT_NEAR(load(y[row * width + c]), exact, this->tolerance(exact)) << name_of(set) << " " << width;
        }
      EXPECT_EQ(y.back(), this->kUntouched);
    }
}

TYPED_TEST(RowKernelsOf, LayerNormTakesOutMeanAndSpread) {
  constexpr std::int64_t kRows = 3;
  for (const InstructionSet set : this->sets())
    for (const std::int64_t width : this->widths()) {
      const auto x = this->numbers(kRows * width);
      const auto weight = this->factors(width, 0.2F), bias = this->factors(width, 1.0F);
      std::vector<float> mean(kRows), inverse_std(kRows);
      std::vector<TypeParam> y(static_cast<std::size_t>(kRows * width + 1), this->kUntouched);
      row_kernels<TypeParam>(set).layer_norm({.rows = kRows,
                                              .width = width,
                                              .epsilon = 1e-2,
                                              .weight = weight.data(),
                                              .bias = bias.data(),
                                              .mean = mean.data(),
                                              .inverse_std = inverse_std.data()},
                                             x.data(), y.data());
      for (std::int64_t row = 0; row < kRows; ++row) {
        double sum = 0, squares = 0;
        for (std::int64_t c = 0; c < width; ++c) sum += load(x[row * width + c]);
        const double exact_mean = sum / static_cast<double>(width);
        for (std::int64_t c = 0; c < width; ++c) squares += std::pow(load(x[row * width + c]) - exact_mean, 2);
        const double scale = 1 / std::sqrt(squares / static_cast<double>(width) + 1e-2);
        EXPECT_NEAR(mean[row], exact_mean, 1e-5);
        EXPECT_NEAR(inverse_std[row], scale, 1e-5 * scale);
        for (std::int64_t c = 0; c < width; ++c) {
          const double exact = (load(x[row * width + c]) - exact_mean) * scale * weight[c] + bias[c];
          ASSERT_NEAR(load(y[row * width + c]), exact, this->tolerance(exact) + 4e-6) << name_of(set) << " " << width;
        }
      }
      EXPECT_EQ(y.back(), this->kUntouched);
    }
}

TYPED_TEST(RowKernelsOf, ActivationsFollowTheirDefinitions) {
  for (const InstructionSet set : this->sets())
    for (const std::int64_t count : this->widths())
      for (const Activation activation :
           {Activation::kNone, Activation::kSilu, Activation::kQuickGelu, Activation::kGelu}) {
        const auto x = this->numbers(count, 12);
        std::vector<TypeParam> y(static_cast<std::size_t>(count + 1), this->kUntouched);
        row_kernels<TypeParam>(set).activate(activation, count, x.data(), y.data());
        for (std::int64_t i = 0; i < count; ++i) {
          const double exact = activated(activation, load(x[i]));
          ASSERT_NEAR(load(y[i]), exact, this->tolerance(exact)) << name_of(set) << " x = " << load(x[i]);
        }
        EXPECT_EQ(y.back(), this->kUntouched);
      }
}

// A decoder whose bfloat16 numbers overflow is noticed by its NaN.
TYPED_TEST(RowKernelsOf, KeepNaNAndBearHugeNumbers) {
  std::vector<TypeParam> x(40), y(40);
  for (std::size_t i = 0; i < x.size(); ++i) store(i % 2 == 0 ? 1e30F : -1e30F, x[i]);
  store(std::numeric_limits<float>::quiet_NaN(), x[3]);
  for (const InstructionSet set : this->sets())
    for (const Activation activation : {Activation::kSilu, Activation::kQuickGelu, Activation::kGelu}) {
      row_kernels<TypeParam>(set).activate(activation, 40, x.data(), y.data());
      EXPECT_TRUE(std::isnan(load(y[3])));
      EXPECT_NEAR(load(y[0]) / 1e30, 1, 1e-2);
      EXPECT_LE(std::abs(load(y[1])), 1e-2) << name_of(set);
    }
}

}  // namespace
}  // namespace fude::ops::cpu
