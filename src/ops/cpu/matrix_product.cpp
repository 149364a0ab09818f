#include "ops/cpu/matrix_product.h"

#include <algorithm>

#include "ops/cpu/round_up.h"
#include "ops/cpu/thread_pool.h"

namespace fude::ops::cpu {
namespace {

constexpr std::int64_t kMaxTilesAtOnce = 16;                     // of rows
constexpr std::int64_t kProductsAtOnce = std::int64_t{8} << 20;  // below some 20 microseconds sharing out costs more
constexpr std::int64_t kWantedPieces = 24;

struct PreparedRows {
  const void* data;
  std::int64_t stride;  // bytes
  const float* scales;  // of rows in 8 bits
};

/// The rows as the kernels take them: once for all panels, in memory of this thread where they must be changed.
PreparedRows prepared_rows(const ProductRows& in, const PackedMatrix& matrix) {
  const ProductKernels& kernels = matrix.format().kernels();
  if (kernels.quantise == nullptr) return {.data = in.data, .stride = in.stride, .scales = nullptr};
  const auto scale_bytes = static_cast<std::size_t>(in.rows) * sizeof(float);
  auto* scales =
      static_cast<float*>(thread_scratch(scale_bytes + static_cast<std::size_t>(in.rows * matrix.depth()), /*slot=*/1));
  auto* rows = reinterpret_cast<std::uint8_t*>(scales + in.rows);
  for (std::int64_t row = 0; row < in.rows; ++row) {
    const auto* numbers = reinterpret_cast<const std::uint16_t*>(static_cast<const char*>(in.data) + row * in.stride);
    kernels.quantise(
        {.row = numbers, .depth = matrix.depth(), .out = rows + row * matrix.depth(), .scale = scales + row});
  }
  return {.data = rows, .stride = matrix.depth(), .scales = scales};
}

}  // namespace

ProductCut cut_product(std::int64_t rows, const PackedMatrix& matrix) {
  const ProductKernels& kernels = matrix.format().kernels();
  const std::int64_t row_bytes = matrix.depth() * matrix.format().weight_bytes();  // as they are multiplied
  const std::int64_t fitting = kernels.cached_row_bytes / row_bytes / kernels.rows;
  const std::int64_t tiles = std::clamp<std::int64_t>(fitting, 1, kMaxTilesAtOnce);
  ProductCut cut{.rows_at_once = std::min(tiles * kernels.rows, rows), .panels_at_once = matrix.panels()};
  const std::int64_t row_pieces = divide_up(rows, cut.rows_at_once);
  const std::int64_t per_panel = cut.rows_at_once * matrix.depth() * kernels.columns;
  const std::int64_t least = divide_up(kProductsAtOnce, per_panel);
  const std::int64_t wanted = divide_up(matrix.panels() * row_pieces, kWantedPieces);
  cut.panels_at_once = std::min(std::max(least, wanted), matrix.panels());
  return cut;
}

void multiply_block(const ProductRows& in, const PackedMatrix& matrix, std::int64_t first_panel, std::int64_t end_panel,
                    const ProductFinish& finish, void* out, std::int64_t out_stride) {
  const ProductKernels& kernels = matrix.format().kernels();
  const auto element = static_cast<std::int64_t>(bytes_of(matrix.format().element));
  const bool is_gated = finish.activation == ProductActivation::kGeglu;
  const std::int64_t width = is_gated ? kernels.columns / 2 : kernels.columns;  // of what a panel gives
  const std::int64_t outputs = is_gated ? matrix.columns() / 2 : matrix.columns();
  const PreparedRows rows = prepared_rows(in, matrix);
  for (std::int64_t panel = first_panel; panel < end_panel; ++panel) {
    ProductTile tile;
    tile.a_stride = rows.stride;
    tile.row_scales = rows.scales;
    tile.panel = matrix.panel(panel);
    tile.depth = matrix.depth();
    tile.columns = static_cast<int>(std::min(width, outputs - panel * width));
    tile.bias = finish.bias == nullptr ? nullptr : finish.bias + panel * kernels.columns;
    tile.activation = finish.activation;
    tile.is_rectified = finish.is_rectified;
    tile.residual_stride = tile.out_stride = out_stride;
    tile.rows = static_cast<int>(in.rows);
    tile.a = rows.data;
    const std::int64_t place = panel * width * element;
    tile.residual = finish.residual == nullptr ? nullptr : static_cast<const char*>(finish.residual) + place;
    tile.out = static_cast<char*>(out) + place;
    kernels.product(tile);
  }
}

void multiply(const ProductRows& in, const PackedMatrix& matrix, const ProductFinish& finish, void* out,
              std::int64_t out_stride) {
  const ProductCut cut = cut_product(in.rows, matrix);
  const auto element = static_cast<std::int64_t>(bytes_of(matrix.format().element));
  const std::int64_t row_pieces = divide_up(in.rows, cut.rows_at_once);
  const std::int64_t panel_pieces = divide_up(matrix.panels(), cut.panels_at_once);
  compute_pool().run(row_pieces * panel_pieces, [&](std::int64_t piece) {
    const std::int64_t row = piece / panel_pieces * cut.rows_at_once;
    const std::int64_t panel = piece % panel_pieces * cut.panels_at_once;
    const std::int64_t place = row * out_stride * element;
    ProductRows rows = in;
    rows.data = static_cast<const char*>(in.data) + row * in.stride;
    rows.rows = std::min(cut.rows_at_once, in.rows - row);
    ProductFinish here = finish;
    if (finish.residual != nullptr) here.residual = static_cast<const char*>(finish.residual) + place;
    multiply_block(rows, matrix, panel, std::min(panel + cut.panels_at_once, matrix.panels()), here,
                   static_cast<char*>(out) + place, out_stride);
  });
}

}  // namespace fude::ops::cpu
