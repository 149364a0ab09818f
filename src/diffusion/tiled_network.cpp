#include "diffusion/tiled_network.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace fude::diffusion {
namespace {

// The spread of Mixture of Diffusers' weights: their variance, in squared sides of a piece.
constexpr double kVariance = 0.01;

/// A piece's place.
struct Tile {
  std::int64_t row, column;  // among the pieces
  std::int64_t top, left;    // cells
};

at::Tensor raw_weights(std::int64_t side, TileBlend blend) {
  if (blend == TileBlend::kAverage) return at::ones({side}, at::kDouble);
  const double middle = (static_cast<double>(side) - 1) / 2, spread = 2 * kVariance;
  return at::arange(side, at::kDouble).sub(middle).div(static_cast<double>(side)).square().div(-spread).exp();
}

/// One latent's cutting: sizes and pieces.
class Cutting {
 public:
  Cutting(const LatentTiling& tiling, std::int64_t height, std::int64_t width)
      : height_(std::min(tiling.height, height)), width_(std::min(tiling.width, width)) {
    const std::vector<std::int64_t> tops = tile_starts(height, height_, tiling.overlap);
    const std::vector<std::int64_t> lefts = tile_starts(width, width_, tiling.overlap);
    for (std::size_t row = 0; row < tops.size(); ++row) {
      for (std::size_t column = 0; column < lefts.size(); ++column) {
        tiles_.push_back({.row = static_cast<std::int64_t>(row),
                          .column = static_cast<std::int64_t>(column),
                          .top = tops[row],
                          .left = lefts[column]});
      }
    }
    down_ = tile_weights(tops, height, height_, tiling.blend);
    across_ = tile_weights(lefts, width, width_, tiling.blend);
  }

  const std::vector<Tile>& tiles() const { return tiles_; }

  at::Tensor part(const at::Tensor& x, const Tile& tile) const {
    return x.narrow(2, tile.top, height_).narrow(3, tile.left, width_);
  }

  /// The share of a piece's prediction [N,C,h,w], in its type and on its device.
  at::Tensor share(const Tile& tile, const at::Tensor& like) const {
    return at::outer(down_[tile.row], across_[tile.column]).to(like.options().dtype(at::kFloat));
  }

 private:
  std::int64_t height_, width_;
  std::vector<Tile> tiles_;
  at::Tensor down_, across_;
};

Conditioning repeated(const Conditioning& one, std::int64_t times) {
  if (times == 1) return one;
  Conditioning many{.context = one.context.repeat({times, 1, 1})};
  if (one.vector.defined()) many.vector = one.vector.repeat({times, 1});
  return many;
}

}  // namespace

std::vector<std::int64_t> tile_starts(std::int64_t length, std::int64_t side, std::int64_t overlap) {
  if (length <= side) return {0};
  const std::int64_t step = side - overlap;
  const std::int64_t count = (length - overlap + step - 1) / step;
  std::vector<std::int64_t> starts;
  for (std::int64_t i = 0; i < count; ++i) starts.push_back((length - side) * i / (count - 1));
  return starts;
}

at::Tensor tile_weights(const std::vector<std::int64_t>& starts, std::int64_t length, std::int64_t side,
                        TileBlend blend) {
  const std::int64_t size = std::min(side, length);
  const at::Tensor raw = raw_weights(size, blend);
  at::Tensor sum = at::zeros({length}, at::kDouble);
  for (const std::int64_t start : starts) sum.narrow(0, start, size).add_(raw);
  std::vector<at::Tensor> weights;
  for (const std::int64_t start : starts) weights.push_back(raw / sum.narrow(0, start, size));
  return at::stack(weights);
}

Network tiled(Network network, const LatentTiling& tiling) {
  if (tiling.overlap < 0 || tiling.overlap >= std::min(tiling.width, tiling.height) || tiling.batch < 1) {
    fail(ErrorCode::kInvalidArgument, "latent tiles of {}x{} overlap by {}, expected less than their sides",
         tiling.width, tiling.height, tiling.overlap);
  }
  return [network = std::move(network), tiling](const at::Tensor& x, const at::Tensor& t, const Conditioning& words) {
    if (x.size(2) <= tiling.height && x.size(3) <= tiling.width) return network(x, t, words);
    const Cutting cutting(tiling, x.size(2), x.size(3));
    const std::vector<Tile>& tiles = cutting.tiles();
    at::Tensor sum;
    for (std::size_t first = 0; first < tiles.size(); first += static_cast<std::size_t>(tiling.batch)) {
      const std::size_t last = std::min(tiles.size(), first + static_cast<std::size_t>(tiling.batch));
      const auto count = static_cast<std::int64_t>(last - first);
      std::vector<at::Tensor> parts;
      for (std::size_t i = first; i < last; ++i) parts.push_back(cutting.part(x, tiles[i]));
      const at::Tensor made = network(at::cat(parts), t.repeat({count}), repeated(words, count));
      if (!sum.defined()) {
        sum = at::zeros({x.size(0), made.size(1), x.size(2), x.size(3)}, made.options().dtype(at::kFloat));
      }
      for (std::size_t i = first; i < last; ++i) {
        const at::Tensor one = made.narrow(0, static_cast<std::int64_t>(i - first) * x.size(0), x.size(0));
        cutting.part(sum, tiles[i]).add_(one.to(at::kFloat) * cutting.share(tiles[i], one));
      }
    }
    return sum;
  };
}

}  // namespace fude::diffusion
