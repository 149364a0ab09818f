#include "ops/cpu/convolution.h"

#include <gtest/gtest.h>

#include <vector>

#include "ops/cpu/thread_pool.h"
#include "tests/ops/cpu/elements.h"

namespace fude::ops::cpu {
namespace {

using Way = PackedConvolution::Way;

struct Case {
  ConvolutionShape shape;
  std::int64_t pictures, height, width;
  Edge edge = Edge::kZero;
  bool is_enlarged = false;
};

class Convolution : public testing::TestWithParam<NamedFormat> {
 protected:
  /// One convolution with bias, shift and residual.
  struct Run {
    Case sizes;
    Elements in, residual, out;
    std::vector<float> weight, bias, shift;
    std::int64_t height, width;
    Way way = Way::kPointwise;

    Run(PackedFormat format, const Case& sizes)
        : sizes(sizes),
          in(format.element, sizes.pictures * sizes.height * sizes.width * sizes.shape.in, 1),
          residual(format.element, 0),
          out(format.element, 0),
          weight(rounded(format.element,
                         waves(sizes.shape.out * sizes.shape.in * sizes.shape.kernel * sizes.shape.kernel, 2))),
          bias(waves(sizes.shape.out, 3)),
          shift(waves(sizes.pictures * sizes.shape.out, 4)),
          height(convolved_length(seen(sizes.height), sizes.shape)),
          width(convolved_length(seen(sizes.width), sizes.shape)) {
      const std::int64_t numbers = sizes.pictures * height * width * sizes.shape.out;
      residual = Elements(format.element, numbers, 5);
      out = Elements(format.element, numbers);
      const PackedConvolution packed(format, sizes.shape, {.data = weight.data()});
      way = packed.way();
      std::vector<float> padded(static_cast<std::size_t>(packed.matrix().panels() * packed.matrix().panel_columns()));
      std::copy(bias.begin(), bias.end(), padded.begin());
      convolve({.data = in.data(),
                .count = sizes.pictures,
                .height = sizes.height,
                .width = sizes.width,
                .is_enlarged = sizes.is_enlarged},
               packed, sizes.edge, {.bias = padded.data(), .shift = shift.data(), .residual = residual.data()},
               out.data());
    }

    std::int64_t seen(std::int64_t length) const { return sizes.is_enlarged ? 2 * length : length; }

    double input_at(std::int64_t picture, std::int64_t y, std::int64_t x, std::int64_t c) const {
      if (sizes.edge == Edge::kWrap) {
        y = (y + seen(sizes.height)) % seen(sizes.height);
        x = (x + seen(sizes.width)) % seen(sizes.width);
      }
      if (y < 0 || y >= seen(sizes.height) || x < 0 || x >= seen(sizes.width)) return 0;
      if (sizes.is_enlarged) {
        y /= 2;
        x /= 2;
      }
      return in.at(((picture * sizes.height + y) * sizes.width + x) * sizes.shape.in + c);
    }

    double expected_at(std::int64_t picture, std::int64_t y, std::int64_t x, std::int64_t o) const {
      const ConvolutionShape& shape = sizes.shape;
      double sum = bias[o] + shift[picture * shape.out + o];
      for (std::int64_t c = 0; c < shape.in; ++c)
        for (std::int64_t ky = 0; ky < shape.kernel; ++ky)
          for (std::int64_t kx = 0; kx < shape.kernel; ++kx)
            sum += input_at(picture, y * shape.stride + ky - shape.padding, x * shape.stride + kx - shape.padding, c) *
                   weight[((o * shape.in + c) * shape.kernel + ky) * shape.kernel + kx];
      return sum;
    }

    std::vector<double> expected() const {
      std::vector<double> numbers;
      for (std::int64_t picture = 0; picture < sizes.pictures; ++picture)
        for (std::int64_t y = 0; y < height; ++y)
          for (std::int64_t x = 0; x < width; ++x)
            for (std::int64_t o = 0; o < sizes.shape.out; ++o)
              numbers.push_back(expected_at(picture, y, x, o) + residual.at(static_cast<std::int64_t>(numbers.size())));
      return numbers;
    }
  };

  void expect_formula(const Case& sizes, Way way) {
    const Run run(format(), sizes);
    EXPECT_EQ(run.way, way);
    expect_near(run.out, run.expected(), format().element == Element::kFloat ? 2e-6 : 8e-3);
  }

  PackedFormat format() const { return GetParam().format; }

  /// Of a 3x3 convolution of stride 1 with many channels: the group of tiles is 32.
  Way way_of_many(std::int64_t channels) const {
    if (format().kernels().shifted_product == nullptr) return Way::kWinograd;
    return channels % 32 == 0 ? Way::kShifted : Way::kGathered;
  }
};

TEST_P(Convolution, OfOnePixelIsAProduct) {
  expect_formula({{.in = 64, .out = 70, .kernel = 1, .stride = 1, .padding = 0}, 2, 5, 3}, Way::kPointwise);
}

TEST_P(Convolution, OfThreeByThreeGoesAShorterWay) {
  for (const std::int64_t in : {34, 64}) {
    for (const auto& [height, width] : {std::pair{1, 1}, {2, 2}, {5, 4}, {8, 7}, {16, 16}})
      expect_formula({{.in = in, .out = 40}, 2, height, width}, way_of_many(in));
  }
  expect_formula({{.in = 96, .out = 3}, 1, 33, 34}, way_of_many(96));
}

TEST_P(Convolution, OfManyPixelsOrChannelsIsCutRightly) {
  // Wide and high enough to be cut both ways; then so deep that the taps are, too.
  expect_formula({{.in = 192, .out = 5}, 1, 70, 130}, way_of_many(192));
  expect_formula({{.in = 1536, .out = 5}, 3, 4, 6}, way_of_many(1536));
}

TEST_P(Convolution, OfFewChannelsIsGathered) {
  for (const std::int64_t in : {1, 3, 4, 8}) expect_formula({{.in = in, .out = 33}, 2, 7, 5}, Way::kGathered);
}

TEST_P(Convolution, WithAStrideIsGathered) {
  expect_formula({{.in = 36, .out = 40, .stride = 2}, 2, 9, 8}, Way::kGathered);
  expect_formula({{.in = 36, .out = 40, .stride = 2, .padding = 0}, 1, 9, 9}, Way::kGathered);
}

TEST_P(Convolution, WrapsAroundWhereAsked) {
  for (const std::int64_t in : {34, 32}) {
    expect_formula({{.in = in, .out = 10}, 2, 6, 5, Edge::kWrap}, way_of_many(in));
    expect_formula({{.in = in, .out = 10}, 1, 1, 1, Edge::kWrap}, way_of_many(in));
  }
  expect_formula({{.in = 4, .out = 10}, 2, 6, 5, Edge::kWrap}, Way::kGathered);
}

TEST_P(Convolution, SeesEveryPixelOfAnEnlargedPictureFourTimes) {
  for (const Edge edge : {Edge::kZero, Edge::kWrap}) {
    expect_formula({{.in = 34, .out = 40}, 2, 3, 5, edge, true}, way_of_many(34));
    expect_formula({{.in = 32, .out = 40}, 2, 3, 5, edge, true}, way_of_many(32));
    expect_formula({{.in = 4, .out = 40}, 2, 3, 5, edge, true}, Way::kGathered);
  }
  expect_formula({{.in = 64, .out = 5, .kernel = 1, .padding = 0}, 1, 3, 2, Edge::kZero, true}, Way::kPointwise);
}

TEST_P(Convolution, DoesNotDependOnTheNumberOfThreads) {
  const Case sizes{{.in = 64, .out = 96}, 2, 24, 20};
  const int threads = compute_pool().threads();
  set_compute_threads(1);
  const Run alone(format(), sizes);
  set_compute_threads(3);
  const Run shared(format(), sizes);
  set_compute_threads(threads);
  for (std::int64_t i = 0; i < alone.out.size(); ++i) ASSERT_EQ(alone.out.at(i), shared.out.at(i));
}

TEST_P(Convolution, OfAPictureDoesNotDependOnItsNeighbours) {
  for (const ConvolutionShape& shape : {ConvolutionShape{.in = 64, .out = 40}, ConvolutionShape{.in = 4, .out = 40}}) {
    const Run both(format(), {shape, 2, 9, 8});
    Run first(format(), {shape, 1, 9, 8});
    for (std::int64_t i = 0; i < first.out.size(); ++i) ASSERT_EQ(both.out.at(i), first.out.at(i));
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, Convolution, testing::ValuesIn(available_formats()), format_name);

}  // namespace
}  // namespace fude::ops::cpu
