#include "ops/cpu/matrix_product.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "tests/ops/cpu/elements.h"

namespace fude::ops::cpu {
namespace {

struct Sizes {
  std::int64_t rows, depth, columns;
};

class MatrixProduct : public testing::TestWithParam<NamedFormat> {
 protected:
  PackedFormat format() const { return GetParam().format; }
  double tolerance() const { return format().element == Element::kFloat ? 2e-6 : 6e-3; }

  /// rows x columns of activation(in * weight^T + bias) + residual, in double.
  static std::vector<double> reference(const Elements& in, const std::vector<float>& weight, const Sizes& sizes,
                                       const std::vector<float>& bias) {
    std::vector<double> out;
    for (std::int64_t row = 0; row < sizes.rows; ++row) {
      for (std::int64_t column = 0; column < sizes.columns; ++column) {
        double sum = bias[column];
        for (std::int64_t k = 0; k < sizes.depth; ++k)
          sum += double{in.at(row * sizes.depth + k)} * weight[column * sizes.depth + k];
        out.push_back(sum);
      }
    }
    return out;
  }

  /// The rows of `in`, each with zeros up to the matrix's depth.
  static Elements padded_rows(const Elements& in, const Sizes& sizes, const PackedMatrix& matrix) {
    Elements rows(matrix.format().element, sizes.rows * matrix.depth());
    for (std::int64_t row = 0; row < sizes.rows; ++row)
      for (std::int64_t k = 0; k < sizes.depth; ++k) rows.set(row * matrix.depth() + k, in.at(row * sizes.depth + k));
    return rows;
  }

  PackedMatrix pack(const std::vector<float>& weight, const Sizes& sizes, ColumnOrder order = ColumnOrder::kPlain) {
    return pack_linear(format(), {.data = weight.data()}, sizes.depth, sizes.columns, order);
  }
};

std::vector<float> in_panels(const PackedMatrix& matrix, const std::vector<float>& bias, ColumnOrder order) {
  std::vector<float> padded(static_cast<std::size_t>(matrix.panels() * matrix.panel_columns()));
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(padded.size()); ++i) {
    const std::int64_t output = output_at(matrix, i / matrix.panel_columns(), i % matrix.panel_columns(), order);
    if (output >= 0) padded[i] = bias[output];
  }
  return padded;
}

double gelu(double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); }

TEST_P(MatrixProduct, IsThatOfTheFormula) {
  for (const Sizes& sizes : {Sizes{1, 2, 1}, Sizes{3, 8, 5}, Sizes{12, 320, 32}, Sizes{13, 40, 33}, Sizes{50, 64, 100},
                             Sizes{257, 96, 70}, Sizes{5, 1030, 320}, Sizes{17, 64, 32}, Sizes{47, 33, 64}}) {
    const Elements in(format().element, sizes.rows * sizes.depth, 1);
    const std::vector<float> weight = rounded(format().element, waves(sizes.columns * sizes.depth, 2));
    const std::vector<float> bias = waves(sizes.columns, 3);
    const PackedMatrix packed = pack(weight, sizes);
    const std::vector<float> padded = in_panels(packed, bias, ColumnOrder::kPlain);
    Elements out(format().element, sizes.rows * sizes.columns);
    const Elements rows = padded_rows(in, sizes, packed);
    multiply({.data = rows.data(), .rows = sizes.rows, .stride = packed.depth() * in.bytes()}, packed,
             {.bias = padded.data()}, out.data(), sizes.columns);
    expect_near(out, reference(in, weight, sizes, bias), tolerance());
  }
}

TEST_P(MatrixProduct, AppliesActivationsAndThenAddsTheResidual) {
  const Sizes sizes{29, 48, 70};
  const Elements in(format().element, sizes.rows * sizes.depth, 1), residual(format().element, 29 * 70, 4);
  const std::vector<float> weight = rounded(format().element, waves(sizes.columns * sizes.depth, 2));
  const std::vector<float> bias = waves(sizes.columns, 3);
  const PackedMatrix packed = pack(weight, sizes);
  const std::vector<float> padded = in_panels(packed, bias, ColumnOrder::kPlain);
  for (const ProductActivation activation : {ProductActivation::kGelu, ProductActivation::kQuickGelu}) {
    Elements out(format().element, sizes.rows * sizes.columns);
    const Elements rows = padded_rows(in, sizes, packed);
    multiply({.data = rows.data(), .rows = sizes.rows, .stride = packed.depth() * in.bytes()}, packed,
             {.bias = padded.data(), .activation = activation, .residual = residual.data()}, out.data(), sizes.columns);
    std::vector<double> expected = reference(in, weight, sizes, bias);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const double x = expected[i];
      expected[i] = (activation == ProductActivation::kGelu ? gelu(x) : x / (1 + std::exp(-1.702 * x))) +
                    residual.at(static_cast<std::int64_t>(i));
    }
    expect_near(out, expected, tolerance());
  }
}

TEST_P(MatrixProduct, GatesOneHalfByTheGeluOfTheOther) {
  for (const std::int64_t width : {1, 16, 40, 64}) {
    const Sizes sizes{7, 24, 2 * width};
    const Elements in(format().element, sizes.rows * sizes.depth, 1);
    const std::vector<float> weight = rounded(format().element, waves(sizes.columns * sizes.depth, 2));
    const std::vector<float> bias = waves(sizes.columns, 3);
    const PackedMatrix packed = pack(weight, sizes, ColumnOrder::kGated);
    const std::vector<float> padded = in_panels(packed, bias, ColumnOrder::kGated);
    Elements out(format().element, sizes.rows * width);
    const Elements rows = padded_rows(in, sizes, packed);
    multiply({.data = rows.data(), .rows = sizes.rows, .stride = packed.depth() * in.bytes()}, packed,
             {.bias = padded.data(), .activation = ProductActivation::kGeglu}, out.data(), width);
    const std::vector<double> both = reference(in, weight, sizes, bias);
    std::vector<double> expected;
    for (std::int64_t row = 0; row < sizes.rows; ++row)
      for (std::int64_t c = 0; c < width; ++c)
        expected.push_back(both[row * 2 * width + c] * gelu(both[row * 2 * width + width + c]));
    expect_near(out, expected, tolerance());
  }
}

TEST_P(MatrixProduct, OfARowDoesNotDependOnItsNeighbours) {
  const Sizes sizes{100, 320, 64};
  const Elements in(format().element, sizes.rows * sizes.depth, 1);
  const PackedMatrix packed = pack(waves(sizes.columns * sizes.depth, 2), sizes);
  Elements all(format().element, sizes.rows * sizes.columns), one(format().element, sizes.columns);
  const std::int64_t stride = sizes.depth * in.bytes();
  multiply({.data = in.data(), .rows = sizes.rows, .stride = stride}, packed, {}, all.data(), sizes.columns);
  for (std::int64_t row = 0; row < sizes.rows; row += 7) {
    multiply({.data = static_cast<const char*>(in.data()) + row * stride, .rows = 1, .stride = stride}, packed, {},
             one.data(), sizes.columns);
    for (std::int64_t c = 0; c < sizes.columns; ++c) ASSERT_EQ(all.at(row * sizes.columns + c), one.at(c));
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, MatrixProduct, testing::ValuesIn(available_formats()), format_name);

TEST(ToFloat, ReadsEveryHalf) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    float value = 0;
    to_float({.data = &half, .type = StoredType::kHalf}, 0, 1, &value);
    const int exponent = static_cast<int>(bits >> 10 & 31), fraction = static_cast<int>(bits & 1023);
    if (exponent == 31 && fraction != 0) {
      EXPECT_TRUE(std::isnan(value));
      continue;
    }
    double expected = exponent == 0    ? std::ldexp(fraction, -24)
                      : exponent == 31 ? INFINITY
                                       : std::ldexp(1024 + fraction, exponent - 25);
    if ((bits & 0x8000U) != 0) expected = -expected;
    EXPECT_EQ(value, expected) << bits;
  }
}

}  // namespace
}  // namespace fude::ops::cpu
