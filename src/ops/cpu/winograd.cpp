#include "ops/cpu/winograd.h"

#include <algorithm>
#include <array>

#include "ops/cpu/round_up.h"
#include "ops/cpu/thread_pool.h"
#include "ops/cpu/vector_math.h"

namespace fude::ops::cpu {
namespace {

constexpr std::int64_t kTaps = 9;
constexpr std::int64_t kPositions = 16;     // of a transformed tile
constexpr std::int64_t kInputsAtOnce = 64;  // channels while a panel is packed
// Picture tiles of one piece, times the kernels' rows, and what their transformed inputs may take.
constexpr std::int64_t kLeastRowTiles = 3, kMostRowTiles = 8;
constexpr std::int64_t kOwnInputBytes = std::int64_t{400} << 10;   // in a core's own cache
constexpr std::int64_t kSharedInputBytes = std::int64_t{8} << 20;  // in the cache that cores share
constexpr std::int64_t kWantedPieces = 16;

/// G g of one column g of a kernel; G is [1 0 0; 1/2 1/2 1/2; 1/2 -1/2 1/2; 0 0 1].
struct TransformedColumn {
  float rows[4];
};

FUDE_INLINE TransformedColumn transform_column(float g0, float g1, float g2) {
  const float ends = 0.5F * (g0 + g2), middle = 0.5F * g1;
  return {{g0, ends + middle, ends - middle, g2}};
}

// G g G^T for `count` channels. taps: [9] of kInputsAtOnce channels each.
FUDE_PER_PROCESSOR void transform_kernels(const float* __restrict taps, std::int64_t count, float* __restrict out,
                                          std::int64_t stride) {
  constexpr std::int64_t kTap = kInputsAtOnce;
#pragma GCC ivdep
  for (std::int64_t c = 0; c < count; ++c) {
    const float* g = taps + c;
    const TransformedColumn left = transform_column(g[0], g[3 * kTap], g[6 * kTap]);
    const TransformedColumn middle = transform_column(g[kTap], g[4 * kTap], g[7 * kTap]);
    const TransformedColumn right = transform_column(g[2 * kTap], g[5 * kTap], g[8 * kTap]);
#pragma GCC unroll 4
    for (int y = 0; y < 4; ++y) {
      const TransformedColumn row = transform_column(left.rows[y], middle.rows[y], right.rows[y]);
      float* place = out + 4 * y * stride + c;
      place[0] = row.rows[0];
      place[stride] = row.rows[1];
      place[2 * stride] = row.rows[2];
      place[3 * stride] = row.rows[3];
    }
  }
}

// numbers [count][9] -> [9] of kInputsAtOnce each.
FUDE_PER_PROCESSOR void gather_taps(const float* __restrict numbers, std::int64_t count, float* __restrict taps) {
  for (std::int64_t tap = 0; tap < kTaps; ++tap)
    for (std::int64_t c = 0; c < count; ++c) taps[tap * kInputsAtOnce + c] = numbers[c * kTaps + tap];
}

/// Picture tiles in the order of their pictures and rows.
struct TileGrid {
  std::int64_t pictures, height, width;  // of the pictures, in pixels
  std::int64_t rows = (height + 1) / 2, columns = (width + 1) / 2;

  std::int64_t count() const { return pictures * rows * columns; }
  std::int64_t picture(std::int64_t tile) const { return tile / (rows * columns); }
  std::int64_t y(std::int64_t tile) const { return tile / columns % rows * 2; }  // of its first output pixel
  std::int64_t x(std::int64_t tile) const { return tile % columns * 2; }
};

/// Transformed inputs of the picture tiles from `first` on, [16][room][depth].
struct TransformedTiles {
  char* data = nullptr;
  std::int64_t first = 0, room = 0;
  std::int64_t row_bytes = 0;  // of one position of one tile

  char* at(std::int64_t position, std::int64_t tile) const {
    return data + (position * room + tile - first) * row_bytes;
  }
};

/// One convolution.
class WinogradRun {
 public:
  WinogradRun(const PixelGrid& grid, const PackedMatrix& weight, const ConvolutionFinish& finish, void* out)
      : grid_(grid),
        weight_(weight),
        finish_(finish),
        out_(static_cast<char*>(out)),
        tiles_{grid.pictures().count, grid.height(), grid.width()},
        kernels_(weight.format().kernels()),
        element_(static_cast<std::int64_t>(bytes_of(weight.format().element))) {}

  void run() {
    // Many tiles: each piece transforms its own inputs, which stay in the cache of the core that multiplies them. Few:
    // all are transformed first, so that the pieces can also be cut along the output channels.
    if (tiles_.count() >= kWantedPieces * own_tiles()) {
      run_in_own_pieces();
    } else {
      run_in_shared_pieces();
    }
  }

 private:
  std::int64_t row_bytes() const { return weight_.depth() * element_; }

  std::int64_t own_tiles() const {
    const std::int64_t fitting = kOwnInputBytes / (kPositions * row_bytes()) / kernels_.rows;
    return std::clamp(fitting, kLeastRowTiles, kMostRowTiles) * kernels_.rows;
  }

  // Kept by the thread: memory that is new at every call costs its clearing.
  TransformedTiles room_for(std::int64_t first, std::int64_t count) const {
    const auto bytes = static_cast<std::size_t>(kPositions * count * row_bytes());
    return {.data = static_cast<char*>(thread_scratch(bytes, /*slot=*/2)),
            .first = first,
            .room = count,
            .row_bytes = row_bytes()};
  }

  void run_in_own_pieces() {
    parallel_pieces(tiles_.count(), own_tiles(), [&](std::int64_t begin, std::int64_t end) {
      const TransformedTiles inputs = room_for(begin, own_tiles());
      for (std::int64_t tile = begin; tile < end; ++tile) transform_input(inputs, tile);
      for (std::int64_t panel = 0; panel < weight_.panels(); ++panel) multiply_panel(inputs, begin, end, panel);
    });
  }

  void run_in_shared_pieces() {
    const std::int64_t piece = kMostRowTiles * kernels_.rows;
    const std::int64_t fitting = kSharedInputBytes / (kPositions * row_bytes()) / piece * piece;
    const std::int64_t at_once = std::min(tiles_.count(), std::max(piece, fitting));
    for (std::int64_t first = 0; first < tiles_.count(); first += at_once) {
      const TransformedTiles inputs = room_for(first, at_once);
      const std::int64_t count = std::min(at_once, tiles_.count() - first);
      constexpr std::int64_t kTilesAtOnce = 16;
      parallel_pieces(count, kTilesAtOnce, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t tile = first + begin; tile < first + end; ++tile) transform_input(inputs, tile);
      });
      multiply(inputs, count);
    }
  }

  // Of an enlarged picture, the two middle rows and columns of every tile repeat each other: B^T d B is zero there.
  bool is_zero(std::int64_t position) const {
    return grid_.pictures().is_enlarged && (position / 4 == 2 || position % 4 == 2);
  }

  void transform_input(const TransformedTiles& inputs, std::int64_t tile) const {
    const std::int64_t picture = tiles_.picture(tile), y = tiles_.y(tile) - 1, x = tiles_.x(tile) - 1;
    std::array<const void*, kPositions> pixels;
    for (std::int64_t i = 0; i < kPositions; ++i) pixels[i] = grid_.at(picture, y + i / 4, x + i % 4);
    kernels_.winograd_input({.pixels = pixels.data(),
                             .channels = weight_.depth(),
                             .out = inputs.at(0, tile),
                             .position_stride = inputs.room * weight_.depth()});
  }

  void multiply(const TransformedTiles& inputs, std::int64_t count) const {
    const std::int64_t tiles_at_once = kMostRowTiles * kernels_.rows;
    const std::int64_t tile_pieces = divide_up(count, tiles_at_once);
    const std::int64_t panels_at_once =
        std::clamp<std::int64_t>(weight_.panels() * tile_pieces / kWantedPieces, 1, weight_.panels());
    const std::int64_t panel_pieces = divide_up(weight_.panels(), panels_at_once);
    compute_pool().run(tile_pieces * panel_pieces, [&](std::int64_t piece) {
      const std::int64_t begin = piece / panel_pieces * tiles_at_once;
      const std::int64_t end = std::min(begin + tiles_at_once, count);
      const std::int64_t panel = piece % panel_pieces * panels_at_once;
      for (std::int64_t p = panel; p < std::min(panel + panels_at_once, weight_.panels()); ++p)
        multiply_panel(inputs, inputs.first + begin, inputs.first + end, p);
    });
  }

  // The 16 products of picture tiles [begin, end) with one panel, and what becomes of them.
  void multiply_panel(const TransformedTiles& inputs, std::int64_t begin, std::int64_t end, std::int64_t panel) const {
    const std::int64_t width = kernels_.columns, position_stride = kMostRowTiles * kernels_.rows * width;
    auto* products =
        static_cast<float*>(thread_scratch(static_cast<std::size_t>(kPositions * position_stride) * 4, /*slot=*/1));
    for (std::int64_t position = 0; position < kPositions; ++position) {
      float* place = products + position * position_stride;
      if (is_zero(position)) {
        std::fill_n(place, (end - begin) * width, 0.0F);
      } else {
        multiply_position(inputs, begin, end, panel, position, place);
      }
    }
    for (std::int64_t tile = begin; tile < end; ++tile)
      transform_output(tile, panel, products + (tile - begin) * width, position_stride);
  }

  void multiply_position(const TransformedTiles& inputs, std::int64_t begin, std::int64_t end, std::int64_t panel,
                         std::int64_t position, float* out) const {
    ProductTile tile;
    tile.a_stride = row_bytes();
    tile.panel = weight_.panel(panel, position);
    tile.depth = weight_.depth();
    tile.columns = kernels_.columns;
    tile.out_stride = kernels_.columns;
    tile.out_is_float = true;
    for (std::int64_t row = begin; row < end; row += kernels_.rows) {
      tile.a = inputs.at(position, row);
      tile.rows = static_cast<int>(std::min<std::int64_t>(kernels_.rows, end - row));
      tile.out = out + (row - begin) * kernels_.columns;
      kernels_.product(tile);
    }
  }

  void transform_output(std::int64_t tile, std::int64_t panel, const float* products,
                        std::int64_t position_stride) const {
    const std::int64_t channels = weight_.columns(), width = kernels_.columns, column = panel * width;
    const std::int64_t picture = tiles_.picture(tile);
    WinogradOutputTile output;
    output.products = products;
    output.position_stride = position_stride;
    output.columns = static_cast<int>(std::min(width, channels - column));
    output.bias = finish_.bias + column;
    output.is_rectified = finish_.is_rectified;
    if (finish_.shift != nullptr) output.shift = finish_.shift + picture * channels + column;
    for (std::int64_t i = 0; i < 4; ++i) {
      const std::int64_t y = tiles_.y(tile) + i / 2, x = tiles_.x(tile) + i % 2;
      if (y >= tiles_.height || x >= tiles_.width) continue;
      const std::int64_t pixel = (picture * tiles_.height + y) * tiles_.width + x;
      const std::int64_t place = (pixel * channels + column) * element_;
      output.out[i] = out_ + place;
      if (finish_.residual != nullptr) output.residual[i] = static_cast<const char*>(finish_.residual) + place;
    }
    kernels_.winograd_output(output);
  }

  const PixelGrid& grid_;
  const PackedMatrix& weight_;
  const ConvolutionFinish& finish_;
  char* out_;
  TileGrid tiles_;
  const ProductKernels& kernels_;
  std::int64_t element_;  // bytes
};

}  // namespace

PackedMatrix pack_winograd_weight(PackedFormat format, const StoredNumbers& weight, std::int64_t in, std::int64_t out) {
  PackedMatrix packed(format, in, out, kPositions);
  const std::int64_t width = packed.panel_columns();
  compute_pool().run(packed.panels(), [&](std::int64_t panel) {
    std::vector<float> stored(kInputsAtOnce * kTaps), taps(kInputsAtOnce * kTaps);
    std::vector<float> rows(static_cast<std::size_t>(kPositions * width * kInputsAtOnce));
    for (std::int64_t first = 0; first < in; first += kInputsAtOnce) {
      const std::int64_t count = std::min(kInputsAtOnce, in - first);
      const std::int64_t position_stride = width * count;
      for (std::int64_t column = 0; column < width; ++column) {
        const std::int64_t output = output_at(packed, panel, column, ColumnOrder::kPlain);
        std::fill(stored.begin(), stored.end(), 0.0F);
        if (output >= 0) to_float(weight, (output * in + first) * kTaps, count * kTaps, stored.data());
        gather_taps(stored.data(), count, taps.data());
        transform_kernels(taps.data(), count, rows.data() + column * count, position_stride);
      }
      for (std::int64_t position = 0; position < kPositions; ++position)
        packed.fill(panel, position, first, count, rows.data() + position * position_stride);
    }
  });
  return packed;
}

void convolve_winograd(const PixelGrid& grid, const PackedMatrix& weight, const ConvolutionFinish& finish, void* out) {
  WinogradRun(grid, weight, finish, out).run();
}

}  // namespace fude::ops::cpu
