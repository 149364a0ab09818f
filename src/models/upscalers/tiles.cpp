#include "models/upscalers/tiles.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "io/images/png_file.h"

namespace fude::models {
namespace {

constexpr int64_t kSmallestSide = 32;

int64_t rounded_up(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

// The share of the later of two pieces at `at` pixels into their overlap of `length`.
float later_share(int64_t at, int64_t length) {
  const double begin = static_cast<double>(length) / 4, width = static_cast<double>(length) / 2;
  return static_cast<float>(std::clamp((static_cast<double>(at) + 0.5 - begin) / width, 0.0, 1.0));
}

// [1,3,h,w] in [0,1] of a part of the picture.
at::Tensor piece_of(const io::Image& picture, const TileSpan& rows, const TileSpan& columns) {
  // The bytes are only read.
  auto* bytes = const_cast<std::uint8_t*>(picture.pixels.data());
  const at::Tensor all = at::from_blob(bytes, {picture.height, picture.width, 3}, at::kByte);
  const at::Tensor part = all.narrow(0, rows.first, rows.length()).narrow(1, columns.first, columns.length());
  return part.permute({2, 0, 1}).unsqueeze(0).to(at::kFloat).div_(255);
}

at::Tensor shares_tensor(const std::vector<float>& shares) { return at::tensor(shares, at::kFloat); }

// One piece, enlarged: [3,h,w].
at::Tensor enlarged_piece(const Upscaler& upscaler, const at::Tensor& piece) {
  const at::Tensor large = upscaler.enlarge(piece).to(at::kCPU)[0];
  if (!std::isfinite(large.sum().item<float>())) {
    fail(ErrorCode::kUnsupportedModel,
         "the {} upscaler gave values that are no numbers, expected a picture; --precision fp32 may help",
         upscaler.family());
  }
  return large;
}

// The rows of the result that pieces are still being added to.
class Band {
 public:
  Band(io::Image& result) : result_(result) {}

  /// Rows from `first` on, `count` of them; those before are done and written.
  void move_to(int64_t first, int64_t count) {
    if (first > first_) write(first - first_);
    const int64_t kept = rows_.defined() ? std::max<int64_t>(0, first_ + rows_.size(1) - first) : 0;
    at::Tensor fresh = at::zeros({3, std::max(kept, count), result_.width}, at::kFloat);
    if (kept > 0) fresh.narrow(1, 0, kept).copy_(rows_.narrow(1, rows_.size(1) - kept, kept));
    rows_ = fresh;
    first_ = first;
  }

  /// Adds [3,h,w] whose corner is at the band's first row and at `left`.
  void add(const at::Tensor& piece, int64_t left) {
    rows_.narrow(1, 0, piece.size(1)).narrow(2, left, piece.size(2)).add_(piece);
  }

 private:
  void write(int64_t count) {
    if (!rows_.defined()) return;
    const int64_t rows = std::min(count, rows_.size(1));
    const at::Tensor bytes = (rows_.narrow(1, 0, rows) * 255 + 0.5F).clamp_(0, 255).to(at::kByte).permute({1, 2, 0});
    at::Tensor place = at::from_blob(result_.pixels.data(), {result_.height, result_.width, 3}, at::kByte);
    place.narrow(0, first_, rows).copy_(bytes);
  }

  io::Image& result_;
  at::Tensor rows_;  // [3,rows,width]
  int64_t first_ = 0;
};

void check(const Upscaler& upscaler, const io::Image& picture) {
  const int64_t pixels = std::int64_t{picture.width} * picture.height;
  if (picture.channels != 3 || pixels < 1 || static_cast<int64_t>(picture.pixels.size()) != 3 * pixels) {
    fail(ErrorCode::kInvalidArgument, "picture to enlarge has {} channels and {}x{} pixels, expected an RGB picture",
         picture.channels, picture.width, picture.height);
  }
  if (pixels > io::kMostPixels / (upscaler.scale() * upscaler.scale())) {
    fail(ErrorCode::kInvalidArgument, "picture of {}x{} would be {} times as large a side, expected at most {} pixels",
         picture.width, picture.height, upscaler.scale(), io::kMostPixels);
  }
}

}  // namespace

std::vector<TileSpan> tile_spans(int64_t length, int64_t grid, const TileOptions& options) {
  const int64_t side = rounded_up(std::max(options.side, grid), grid);
  if (options.side <= 0 || length <= side) return {{.first = 0, .last = length}};
  const int64_t overlap = std::clamp<int64_t>(options.overlap, 0, side / 2);
  const int64_t step = std::max(grid, (side - overlap) / grid * grid);
  std::vector<TileSpan> spans;
  for (int64_t first = 0; first + side < length; first += step) spans.push_back({.first = first, .last = first + side});
  spans.push_back({.first = rounded_up(length - side, grid), .last = length});
  return spans;
}

std::vector<std::vector<float>> tile_shares(const std::vector<TileSpan>& spans, int64_t length, int64_t scale) {
  std::vector<float> left(static_cast<std::size_t>(length * scale), 1);  // what later pieces leave
  std::vector<std::vector<float>> shares(spans.size());
  for (std::size_t i = spans.size(); i-- > 0;) {
    const TileSpan& span = spans[i];
    const int64_t overlap = i == 0 ? 0 : std::max<int64_t>(0, spans[i - 1].last - span.first) * scale;
    for (int64_t at = 0; at < span.length() * scale; ++at) {
      float& rest = left[static_cast<std::size_t>(span.first * scale + at)];
      const float share = at < overlap ? later_share(at, overlap) : 1;
      shares[i].push_back(rest * share);
      rest -= rest * share;
    }
  }
  return shares;
}

std::uint64_t tile_bytes(const Upscaler& upscaler, int width, int height, const TileOptions& options) {
  const auto longest = [&](int64_t length) {
    int64_t side = 0;
    for (const TileSpan& span : tile_spans(length, upscaler.grid(), options)) side = std::max(side, span.length());
    return rounded_up(side, upscaler.grid());
  };
  const int64_t rows = longest(height), columns = longest(width), scale = upscaler.scale();
  const int64_t work = rows * columns * upscaler.bytes_a_pixel();
  const int64_t band = 2 * 3 * 4 * rows * scale * width * scale;
  const int64_t piece = 3 * 3 * 4 * rows * columns * scale * scale;
  return static_cast<std::uint64_t>(work + band + piece);
}

TileOptions within_memory(const Upscaler& upscaler, int width, int height, TileOptions options,
                          std::optional<std::uint64_t> free_bytes) {
  if (!free_bytes) return options;
  if (options.side <= 0 && tile_bytes(upscaler, width, height, options) > *free_bytes)
    options.side = std::max(width, height);
  while (options.side > kSmallestSide && tile_bytes(upscaler, width, height, options) > *free_bytes)
    options.side = std::max(kSmallestSide, options.side / 2);
  return options;
}

io::Image enlarge_in_tiles(const Upscaler& upscaler, const io::Image& picture, const TileOptions& options,
                           const TileListener& on_tile) {
  check(upscaler, picture);
  const at::InferenceMode no_gradient;
  const int64_t scale = upscaler.scale();
  const std::vector<TileSpan> rows = tile_spans(picture.height, upscaler.grid(), options);
  const std::vector<TileSpan> columns = tile_spans(picture.width, upscaler.grid(), options);
  const auto row_shares = tile_shares(rows, picture.height, scale);
  const auto column_shares = tile_shares(columns, picture.width, scale);
  const auto total = static_cast<int64_t>(rows.size() * columns.size());
  io::Image result{.width = static_cast<int>(picture.width * scale),
                   .height = static_cast<int>(picture.height * scale),
                   .channels = 3,
                   .pixels = {}};
  result.pixels.resize(picture.pixels.size() * static_cast<std::size_t>(scale * scale));
  Band band(result);
  int64_t done = 0;
  on_tile(done, total);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    band.move_to(rows[row].first * scale, rows[row].length() * scale);
    const at::Tensor down = shares_tensor(row_shares[row]).unsqueeze(1);
    for (std::size_t column = 0; column < columns.size(); ++column) {
      const at::Tensor piece = enlarged_piece(upscaler, piece_of(picture, rows[row], columns[column]));
      band.add(piece * down * shares_tensor(column_shares[column]), columns[column].first * scale);
      on_tile(++done, total);
    }
  }
  band.move_to(picture.height * scale, 0);
  return result;
}

}  // namespace fude::models
