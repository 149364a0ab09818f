#include "ops/cpu/convolution.h"

#include <algorithm>
#include <cstring>

#include "ops/cpu/matrix_product.h"
#include "ops/cpu/pixel_grid.h"
#include "ops/cpu/round_up.h"
#include "ops/cpu/shifted_convolution.h"
#include "ops/cpu/thread_pool.h"
#include "ops/cpu/winograd.h"

namespace fude::ops::cpu {
namespace {

std::int64_t taps_of(const ConvolutionShape& shape) { return shape.kernel * shape.kernel; }

// Winograd's way pays where the products outweigh the transforms, which is from some ten channels on.
constexpr std::int64_t kLeastWinogradChannels = 32;

}  // namespace

std::int64_t convolved_length(std::int64_t length, const ConvolutionShape& shape) {
  return (length + 2 * shape.padding - shape.kernel) / shape.stride + 1;
}

PackedConvolution::Way PackedConvolution::way_of(PackedFormat format, const ConvolutionShape& shape) {
  const ProductKernels& kernels = format.kernels();
  if (shape.stride != 1 || shape.in % kernels.group != 0) return Way::kGathered;
  if (shape.kernel == 1 && shape.padding == 0) return Way::kPointwise;
  if (kernels.shifted_product != nullptr) return Way::kShifted;
  const bool fits = shape.kernel == 3 && shape.padding == 1 && shape.in >= kLeastWinogradChannels;
  return fits && kernels.winograd_input != nullptr ? Way::kWinograd : Way::kGathered;
}

PackedConvolution::PackedConvolution(PackedFormat format, const ConvolutionShape& shape, const StoredNumbers& weight)
    : shape_(shape), way_(way_of(format, shape)) {
  if (way_ == Way::kPointwise) {
    matrix_ = pack_linear(format, weight, shape.in, shape.out);
  } else if (way_ == Way::kWinograd) {
    matrix_ = pack_winograd_weight(format, weight, shape.in, shape.out);
  } else {
    matrix_ = PackedMatrix(format, taps_of(shape) * shape.in, shape.out);
    pack_gathered(weight);
  }
}

// In the order of the gathered rows: the taps one after the other, each with all channels.
void PackedConvolution::pack_gathered(const StoredNumbers& weight) {
  const std::int64_t taps = taps_of(shape_), row = taps * shape_.in, width = matrix_.panel_columns();
  compute_pool().run(matrix_.panels(), [&](std::int64_t panel) {
    std::vector<float> stored(static_cast<std::size_t>(row));
    std::vector<float> rows(static_cast<std::size_t>(width * matrix_.depth()));
    for (std::int64_t column = 0; column < width; ++column) {
      const std::int64_t output = output_at(matrix_, panel, column, ColumnOrder::kPlain);
      if (output < 0) continue;
      to_float(weight, output * row, row, stored.data());
      float* place = rows.data() + column * matrix_.depth();
      for (std::int64_t tap = 0; tap < taps; ++tap)
        for (std::int64_t c = 0; c < shape_.in; ++c) place[tap * shape_.in + c] = stored[c * taps + tap];
    }
    matrix_.fill(panel, 0, 0, matrix_.depth(), rows.data());
  });
}

namespace {

struct Gathering {
  const Pictures& in;
  const PackedConvolution& weight;
  PixelGrid grid;
  std::int64_t height, width;  // of the output

  std::int64_t pixel_bytes() const {
    return weight.shape().in * static_cast<std::int64_t>(bytes_of(weight.matrix().format().element));
  }
  std::int64_t row_bytes() const {
    return weight.matrix().depth() * static_cast<std::int64_t>(bytes_of(weight.matrix().format().element));
  }

  /// The pixels under the kernel at output pixel `index` of all, in one row.
  void gather(std::int64_t index, char* row) const {
    const ConvolutionShape& shape = weight.shape();
    const std::int64_t picture = index / (height * width), y = index / width % height, x = index % width;
    const std::int64_t bytes = pixel_bytes();
    for (std::int64_t ky = 0; ky < shape.kernel; ++ky) {
      for (std::int64_t kx = 0; kx < shape.kernel; ++kx, row += bytes) {
        const void* pixel =
            grid.at(picture, y * shape.stride + ky - shape.padding, x * shape.stride + kx - shape.padding);
        std::memcpy(row, pixel, static_cast<std::size_t>(bytes));
      }
    }
  }
};

void add_shift(const ConvolutionFinish& finish, const PackedMatrix& matrix, std::int64_t picture, float* bias) {
  std::copy_n(finish.bias, matrix.panels() * matrix.panel_columns(), bias);
  const float* shift = finish.shift + picture * matrix.columns();
  for (std::int64_t c = 0; c < matrix.columns(); ++c) bias[c] += shift[c];
}

/// Products over gathered rows, some pixels of one picture at a time.
void convolve_gathered(const Gathering& gathering, const ConvolutionFinish& finish, void* out) {
  const PackedMatrix& matrix = gathering.weight.matrix();
  const auto element = static_cast<std::int64_t>(bytes_of(matrix.format().element));
  const std::int64_t pixels = gathering.height * gathering.width, columns = matrix.columns();
  const std::int64_t at_once = cut_product(pixels, matrix).rows_at_once;
  const std::int64_t pieces = divide_up(pixels, at_once);
  compute_pool().run(gathering.in.count * pieces, [&](std::int64_t piece) {
    const std::int64_t picture = piece / pieces, first = piece % pieces * at_once;
    const std::int64_t count = std::min(at_once, pixels - first), row_bytes = gathering.row_bytes();
    auto* rows = static_cast<char*>(thread_scratch(static_cast<std::size_t>(at_once * row_bytes), /*slot=*/0));
    const std::int64_t unused =
        row_bytes - gathering.weight.shape().kernel * gathering.weight.shape().kernel * gathering.pixel_bytes();
    for (std::int64_t i = 0; i < count; ++i) {
      gathering.gather(picture * pixels + first + i, rows + i * row_bytes);
      std::memset(rows + (i + 1) * row_bytes - unused, 0, static_cast<std::size_t>(unused));
    }
    ProductFinish here{.bias = finish.bias, .is_rectified = finish.is_rectified};
    std::vector<float> shifted;
    if (finish.shift != nullptr) {
      shifted.resize(static_cast<std::size_t>(matrix.panels() * matrix.panel_columns()));
      add_shift(finish, matrix, picture, shifted.data());
      here.bias = shifted.data();
    }
    const std::int64_t place = (picture * pixels + first) * columns * element;
    if (finish.residual != nullptr) here.residual = static_cast<const char*>(finish.residual) + place;
    multiply_block({.data = rows, .rows = count, .stride = row_bytes}, matrix, 0, matrix.panels(), here,
                   static_cast<char*>(out) + place, columns);
  });
}

}  // namespace

void convolve(const Pictures& in, const PackedConvolution& weight, Edge edge, const ConvolutionFinish& finish,
              void* out) {
  const ConvolutionShape& shape = weight.shape();
  const PackedMatrix& matrix = weight.matrix();
  const auto pixel_bytes = shape.in * static_cast<std::int64_t>(bytes_of(matrix.format().element));
  const PixelGrid grid(in, pixel_bytes, edge);
  const std::int64_t height = convolved_length(grid.height(), shape), width = convolved_length(grid.width(), shape);
  if (weight.way() == PackedConvolution::Way::kPointwise && finish.shift == nullptr && !in.is_enlarged) {
    return multiply({.data = in.data, .rows = in.count * height * width, .stride = pixel_bytes}, matrix,
                    {.bias = finish.bias, .residual = finish.residual, .is_rectified = finish.is_rectified}, out,
                    shape.out);
  }
  if (weight.way() == PackedConvolution::Way::kShifted) return convolve_shifted(grid, shape, matrix, finish, out);
  if (weight.way() == PackedConvolution::Way::kWinograd) return convolve_winograd(grid, weight.matrix(), finish, out);
  convolve_gathered({.in = in, .weight = weight, .grid = grid, .height = height, .width = width}, finish, out);
}

}  // namespace fude::ops::cpu
