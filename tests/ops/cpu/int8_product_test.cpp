#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "core/error.h"
#include "ops/cpu/convolution.h"
#include "ops/cpu/matrix_product.h"
#include "ops/cpu/thread_pool.h"
#include "tests/ops/cpu/elements.h"

namespace fude::ops::cpu {
namespace {

struct Sizes {
  std::int64_t rows, depth, columns;
};

double gelu(double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); }

/// Every way that runs here: the processor's own, and tiles that need none.
std::vector<NamedFormat> int8_formats() {
  std::vector<NamedFormat> formats;
#if defined(__x86_64__)
  for (const InstructionSet set : available_instruction_sets()) {
    if (!multiplies_int8(set)) continue;
    const ProductKernels& kernels = int8_product_kernels(set);
    if (!formats.empty() && &formats.back().format.kernels() == &kernels) continue;  // of a lesser set, tried already
    std::string name(name_of(set));
    std::erase(name, '-');
    formats.push_back({name, {kernels, Element::kBfloat16}});
  }
  if (detected_instruction_set() >= InstructionSet::kAvx512)
    formats.push_back({"emulated_tiles", {emulated_int8_tile_kernels(), Element::kBfloat16}});
#endif
  return formats;
}

/// Products of rows and weights that are rounded to 8 bits, against those of the numbers themselves.
class Int8Product : public testing::TestWithParam<NamedFormat> {
 protected:
  static PackedFormat format() { return GetParam().format; }

  static PackedMatrix pack(const std::vector<float>& weight, const Sizes& sizes,
                           ColumnOrder order = ColumnOrder::kPlain) {
    return packed_as(format(), weight, sizes, order);
  }
  static PackedMatrix packed_as(const PackedFormat& format, const std::vector<float>& weight, const Sizes& sizes,
                                ColumnOrder order) {
    return pack_linear(format, {.data = weight.data()}, sizes.depth, sizes.columns, order);
  }

  /// in [rows][depth] times the matrix, each row with zeros up to the matrix's depth.
  static Elements product(const Elements& in, const Sizes& sizes, const PackedMatrix& packed,
                          const ProductFinish& finish = {}) {
    Elements rows(Element::kBfloat16, sizes.rows * packed.depth());
    for (std::int64_t row = 0; row < sizes.rows; ++row)
      for (std::int64_t k = 0; k < sizes.depth; ++k) rows.set(row * packed.depth() + k, in.at(row * sizes.depth + k));
    const std::int64_t columns = finish.activation == ProductActivation::kGeglu ? sizes.columns / 2 : sizes.columns;
    Elements out(Element::kBfloat16, sizes.rows * columns);
    multiply({.data = rows.data(), .rows = sizes.rows, .stride = packed.depth() * 2}, packed, finish, out.data(),
             columns);
    return out;
  }

  static float largest(const float* numbers, std::int64_t count) {
    float most = 0;
    for (std::int64_t i = 0; i < count; ++i) most = std::max(most, std::fabs(numbers[i]));
    return most;
  }

  struct Sum {
    double value, bound;  // what rounding both factors may change
  };
  static Sum exact_sum(const Elements& in, const std::vector<float>& weight, const Sizes& sizes, std::int64_t row,
                       std::int64_t column) {
    std::vector<float> numbers;
    for (std::int64_t k = 0; k < sizes.depth; ++k) numbers.push_back(in.at(row * sizes.depth + k));
    const float* weights = weight.data() + column * sizes.depth;
    const double row_error = largest(numbers.data(), sizes.depth) / 254;
    const double weight_error = largest(weights, sizes.depth) / 254;
    Sum sum{0, 1e-6};
    for (std::int64_t k = 0; k < sizes.depth; ++k) {
      sum.value += double{numbers[k]} * weights[k];
      sum.bound += 1.0001 * (std::fabs(numbers[k]) * weight_error + std::fabs(weights[k]) * row_error +
                             weight_error * row_error);
    }
    return sum;
  }
};

TEST_P(Int8Product, IsThatOfTheFormulaButForTheRounding) {
  for (const Sizes& sizes : {Sizes{1, 2, 1}, Sizes{3, 8, 5}, Sizes{12, 320, 32}, Sizes{13, 40, 33}, Sizes{50, 64, 100},
                             Sizes{257, 96, 70}, Sizes{5, 1030, 320}, Sizes{47, 33, 64}}) {
    const Elements in(Element::kBfloat16, sizes.rows * sizes.depth, 1);
    const std::vector<float> weight = waves(sizes.columns * sizes.depth, 2);
    const Elements out = product(in, sizes, pack(weight, sizes));
    for (std::int64_t row = 0; row < sizes.rows; ++row) {
      for (std::int64_t column = 0; column < sizes.columns; ++column) {
        const Sum sum = exact_sum(in, weight, sizes, row, column);
        ASSERT_NEAR(out.at(row * sizes.columns + column), sum.value, sum.bound + std::fabs(sum.value) / 128)
            << row << ", " << column << " of " << sizes.rows << "x" << sizes.depth << "x" << sizes.columns;
      }
    }
  }
}

TEST_P(Int8Product, RoundsWellBelowItsBound) {
  const Sizes sizes{64, 640, 64};
  const Elements in(Element::kBfloat16, sizes.rows * sizes.depth, 1);
  const std::vector<float> weight = waves(sizes.columns * sizes.depth, 2);
  const Elements out = product(in, sizes, pack(weight, sizes));
  double error = 0, power = 0;
  for (std::int64_t i = 0; i < out.size(); ++i) {
    const double expected = exact_sum(in, weight, sizes, i / sizes.columns, i % sizes.columns).value;
    error += std::pow(out.at(i) - expected, 2);
    power += expected * expected;
  }
  EXPECT_LT(std::sqrt(error / power), 0.01);  // two roundings to 1/254 of even numbers, one of bfloat16
}

// 127 in each row and each column: the scales are 1 and nothing is rounded.
TEST_P(Int8Product, OfWholeNumbersIsExact) {
  for (const Sizes& sizes : {Sizes{12, 32, 32}, Sizes{25, 38, 45}}) {
    Elements in(Element::kBfloat16, sizes.rows * sizes.depth);
    std::vector<float> weight(static_cast<std::size_t>(sizes.columns * sizes.depth));
    for (std::int64_t i = 0; i < in.size(); ++i)
      in.set(i, i % sizes.depth == 0 ? -127.0F : static_cast<float>(i % 5 - 2));
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(weight.size()); ++i)
      weight[i] = i % sizes.depth == 3 ? 127.0F : static_cast<float>(i % 3 - 1);
    const Elements out = product(in, sizes, pack(weight, sizes));
    Elements expected(Element::kBfloat16, 1);
    for (std::int64_t i = 0; i < out.size(); ++i) {
      expected.set(0, static_cast<float>(exact_sum(in, weight, sizes, i / sizes.columns, i % sizes.columns).value));
      ASSERT_EQ(out.at(i), expected.at(0)) << i;
    }
  }
}

TEST_P(Int8Product, AddsTheBiasActivatesAndAddsTheResidual) {
  const Sizes sizes{29, 48, 64};
  const Elements in(Element::kBfloat16, sizes.rows * sizes.depth, 1);
  const Elements residual(Element::kBfloat16, sizes.rows * sizes.columns, 4);
  const std::vector<float> weight = waves(sizes.columns * sizes.depth, 2), bias = waves(sizes.columns, 3);
  const Elements out =
      product(in, sizes, pack(weight, sizes),
              {.bias = bias.data(), .activation = ProductActivation::kGelu, .residual = residual.data()});
  for (std::int64_t i = 0; i < out.size(); ++i) {
    const Sum sum = exact_sum(in, weight, sizes, i / sizes.columns, i % sizes.columns);
    const double expected = gelu(sum.value + bias[i % sizes.columns]) + residual.at(i);
    ASSERT_NEAR(out.at(i), expected, 1.2 * sum.bound + std::fabs(expected) / 128) << i;
  }
}

TEST_P(Int8Product, GatesOneHalfByTheGeluOfTheOther) {
  for (const std::int64_t width : {1, 16, 40}) {
    const Sizes sizes{17, 24, 2 * width};
    const Elements in(Element::kBfloat16, sizes.rows * sizes.depth, 1);
    const std::vector<float> weight = waves(sizes.columns * sizes.depth, 2);
    const Elements out =
        product(in, sizes, pack(weight, sizes, ColumnOrder::kGated), {.activation = ProductActivation::kGeglu});
    for (std::int64_t i = 0; i < out.size(); ++i) {
      const Sum value = exact_sum(in, weight, sizes, i / width, i % width);
      const Sum gate = exact_sum(in, weight, sizes, i / width, width + i % width);
      const double expected = value.value * gelu(gate.value);
      const double bound = value.bound * std::fabs(gelu(gate.value)) +
                           1.2 * gate.bound * (std::fabs(value.value) + value.bound) + std::fabs(expected) / 128;
      ASSERT_NEAR(out.at(i), expected, bound) << i;
    }
  }
}

TEST_P(Int8Product, OfRowsOfZerosAndOfTinyNumbersIsAlmostNothing) {
  const Sizes sizes{3, 16, 32};
  Elements in(Element::kBfloat16, sizes.rows * sizes.depth);
  for (std::int64_t k = 0; k < sizes.depth; ++k) in.set(sizes.depth + k, 1e-38F);
  const Elements out = product(in, sizes, pack(waves(sizes.columns * sizes.depth, 2), sizes));
  for (std::int64_t i = 0; i < out.size(); ++i) EXPECT_LT(std::fabs(out.at(i)), 1e-30);
}

TEST_P(Int8Product, SpreadsWhatIsNoNumberOverItsRowAndItsColumnOnly) {
  const Sizes sizes{14, 40, 33};
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()}) {
    Elements in(Element::kBfloat16, sizes.rows * sizes.depth, 1);
    std::vector<float> weight = waves(sizes.columns * sizes.depth, 2);
    in.set(5 * sizes.depth + 39, bad);
    weight[7 * sizes.depth + 38] = bad;
    const Elements out = product(in, sizes, pack(weight, sizes));
    for (std::int64_t i = 0; i < out.size(); ++i) {
      const bool is_spoilt = i / sizes.columns == 5 || i % sizes.columns == 7;
      EXPECT_EQ(std::isnan(out.at(i)), is_spoilt) << i;
    }
  }
}

TEST_P(Int8Product, OfARowDoesNotDependOnItsNeighboursOrOnTheThreads) {
  const Sizes sizes{1000, 320, 960};
  const Elements in(Element::kBfloat16, sizes.rows * sizes.depth, 1);
  const PackedMatrix packed = pack(waves(sizes.columns * sizes.depth, 2), sizes);
  const int threads = compute_pool().threads();
  set_compute_threads(1);
  const Elements all = product(in, sizes, packed);
  set_compute_threads(3);
  const Elements shared = product(in, sizes, packed);
  set_compute_threads(threads);
  ASSERT_EQ(std::memcmp(all.data(), shared.data(), static_cast<std::size_t>(all.size()) * 2), 0);
  Elements one(Element::kBfloat16, sizes.columns);
  for (std::int64_t row = 0; row < sizes.rows; row += 77) {
    multiply(
        {.data = static_cast<const char*>(in.data()) + row * sizes.depth * 2, .rows = 1, .stride = sizes.depth * 2},
        packed, {}, one.data(), sizes.columns);
    for (std::int64_t c = 0; c < sizes.columns; ++c) ASSERT_EQ(all.at(row * sizes.columns + c), one.at(c));
  }
}

TEST_P(Int8Product, ServesPointwiseConvolutions) {
  for (const std::int64_t channels : {8, 10}) {  // a multiple of the group, and one that must be gathered
    const Sizes sizes{2 * 5 * 3, channels, 20};
    const Elements in(Element::kBfloat16, sizes.rows * sizes.depth, 1);
    const std::vector<float> weight = waves(sizes.columns * sizes.depth, 2), bias(32);
    const PackedConvolution packed(format(), {.in = channels, .out = 20, .kernel = 1, .padding = 0},
                                   {.data = weight.data()});
    Elements out(Element::kBfloat16, sizes.rows * sizes.columns);
    convolve({.data = in.data(), .count = 2, .height = 5, .width = 3}, packed, Edge::kZero, {.bias = bias.data()},
             out.data());
    for (std::int64_t i = 0; i < out.size(); ++i) {
      const Sum sum = exact_sum(in, weight, sizes, i / sizes.columns, i % sizes.columns);
      ASSERT_NEAR(out.at(i), sum.value, sum.bound + std::fabs(sum.value) / 128) << i;
    }
  }
}

// Sums are exact and all else is the same code.
TEST_P(Int8Product, IsThatOfEveryOtherWayByteForByte) {
  constexpr ProductActivation kAll[] = {ProductActivation::kNone, ProductActivation::kGelu,
                                        ProductActivation::kQuickGelu, ProductActivation::kGeglu};
  const PackedFormat first = int8_formats().front().format;
  for (const Sizes& sizes : {Sizes{1, 1, 2}, Sizes{2, 3, 6}, Sizes{15, 63, 30}, Sizes{16, 64, 32}, Sizes{17, 65, 34},
                             Sizes{31, 127, 62}, Sizes{33, 130, 66}, Sizes{70, 320, 128}, Sizes{129, 1000, 98}}) {
    const Elements in(Element::kBfloat16, sizes.rows * sizes.depth, 1);
    const Elements residual(Element::kBfloat16, sizes.rows * sizes.columns, 4);
    const std::vector<float> weight = waves(sizes.columns * sizes.depth, 2), bias = waves(sizes.columns + 64, 3);
    for (const ProductActivation activation : kAll) {
      const ColumnOrder order = activation == ProductActivation::kGeglu ? ColumnOrder::kGated : ColumnOrder::kPlain;
      const ProductFinish finish{.bias = bias.data(), .activation = activation, .residual = residual.data()};
      const Elements expected = product(in, sizes, packed_as(first, weight, sizes, order), finish);
      const Elements found = product(in, sizes, pack(weight, sizes, order), finish);
      ASSERT_EQ(std::memcmp(found.data(), expected.data(), static_cast<std::size_t>(found.size()) * 2), 0)
          << sizes.rows << "x" << sizes.depth << "x" << sizes.columns << ", activation "
          << static_cast<int>(activation);
    }
  }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Int8Product);  // where no processor's way and no AVX-512 is
INSTANTIATE_TEST_SUITE_P(Ways, Int8Product, testing::ValuesIn(int8_formats()), format_name);

TEST(MultipliesInt8, NeedsAvx512OrTilesThatAreThere) {
  EXPECT_FALSE(multiplies_int8(InstructionSet::kPortable));
  EXPECT_FALSE(multiplies_int8(InstructionSet::kAvx2));
  if (detected_instruction_set() != InstructionSet::kAmx) {
    EXPECT_FALSE(multiplies_int8(InstructionSet::kAmx));
  }
  EXPECT_THROW(int8_product_kernels(InstructionSet::kAvx2), Error);
}

}  // namespace
}  // namespace fude::ops::cpu
