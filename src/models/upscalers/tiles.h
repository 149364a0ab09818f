#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "io/images/image.h"
#include "models/upscalers/upscaler.h"

namespace fude::models {

/// How a picture is cut up, in pixels of the picture that is enlarged.
struct TileOptions {
  int64_t side = 192;    // 0: the picture in one piece
  int64_t overlap = 32;  // of neighbours; at most half of the side counts
};

/// A piece [first, last) along one axis.
struct TileSpan {
  int64_t first = 0, last = 0;

  int64_t length() const { return last - first; }
  bool operator==(const TileSpan&) const = default;
};

/// Pieces of at most about `side` that cover `length`, beginning at multiples of `grid`, each sharing `overlap` or more
/// with the next.
std::vector<TileSpan> tile_spans(int64_t length, int64_t grid, const TileOptions& options);

/// How much each pixel of each piece counts, enlarged by `scale`: at every pixel of the picture the pieces' shares are
/// 1 in all. In an overlap the middle half leads over from one piece to the next; what lies at a piece's own edge,
/// where it does not see its surroundings, does not count.
std::vector<std::vector<float>> tile_shares(const std::vector<TileSpan>& spans, int64_t length, int64_t scale);

/// About how many bytes enlarge_in_tiles() needs beyond the weights and the result, rather too many than too few.
std::uint64_t tile_bytes(const Upscaler& upscaler, int width, int height, const TileOptions& options);

/// The same options with the largest side (at least 32) that stays within `free_bytes`; absent: not known, taken for
/// enough.
TileOptions within_memory(const Upscaler& upscaler, int width, int height, TileOptions options,
                          std::optional<std::uint64_t> free_bytes);

/// Is told how many of how many pieces are done, first 0; may throw Error(kCancelled).
using TileListener = std::function<void(int64_t done, int64_t total)>;

/// An RGB picture enlarged by upscaler.scale(), piece by piece. Values are rounded to bytes. Throws
/// Error(kInvalidArgument) for other channels, and for results of more than io::kMostPixels.
io::Image enlarge_in_tiles(const Upscaler& upscaler, const io::Image& picture, const TileOptions& options,
                           const TileListener& on_tile);

}  // namespace fude::models
