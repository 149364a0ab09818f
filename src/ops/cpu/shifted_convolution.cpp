#include "ops/cpu/shifted_convolution.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "ops/cpu/round_up.h"
#include "ops/cpu/thread_pool.h"

namespace fude::ops::cpu {
namespace {

constexpr std::int64_t kMaxBandWidth = 64;                     // wider, the margins above and below cost too much
constexpr std::int64_t kPanelBytesAtOnce = 384 << 10;          // beside a band in the second-level cache
constexpr std::int64_t kCopiedBytes = std::int64_t{16} << 20;  // of bands that wait for their products
constexpr std::int64_t kWantedPieces = 24;

/// Output pixels that are worked on together: a rectangle, the same one in some pictures.
struct Band {
  std::int64_t picture, pictures, y, rows, x, width;
};

/// How pictures are cut into bands whose pixels, with their margins, stay in a core's cache.
struct BandGrid {
  std::int64_t pictures, height, width;  // of the outputs, in all
  std::int64_t band_pictures = 1, band_rows = 1, band_width = 1;

  BandGrid(const PixelGrid& in, const ConvolutionShape& shape, std::int64_t bytes)
      : pictures(in.pictures().count),
        height(convolved_length(in.height(), shape)),
        width(convolved_length(in.width(), shape)) {
    const std::int64_t margin = shape.kernel - 1;
    band_width = divide_up(width, divide_up(width, kMaxBandWidth));
    const std::int64_t row_bytes = (band_width + margin) * shape.in * 2;
    const std::int64_t rows = std::max(bytes / row_bytes, shape.kernel);
    band_pictures = std::clamp<std::int64_t>(rows / (height + margin), 1, pictures);
    band_pictures = divide_up(pictures, divide_up(pictures, band_pictures));
    band_rows = divide_up(height, divide_up(height, std::min(rows - margin, height)));
  }

  std::int64_t across() const { return divide_up(width, band_width); }
  std::int64_t down() const { return divide_up(height, band_rows); }
  std::int64_t count() const { return divide_up(pictures, band_pictures) * down() * across(); }

  Band band(std::int64_t index) const {
    const std::int64_t x = index % across() * band_width, y = index / across() % down() * band_rows;
    const std::int64_t picture = index / (across() * down()) * band_pictures;
    return {.picture = picture,
            .pictures = std::min(band_pictures, pictures - picture),
            .y = y,
            .rows = std::min(band_rows, height - y),
            .x = x,
            .width = std::min(band_width, width - x)};
  }
};

class ShiftedRun {
 public:
  ShiftedRun(const PixelGrid& grid, const ConvolutionShape& shape, const PackedMatrix& weight,
             const ConvolutionFinish& finish, void* out)
      : grid_(grid),
        shape_(shape),
        weight_(weight),
        finish_(finish),
        out_(static_cast<char*>(out)),
        kernels_(weight.format().kernels()),
        bands_(grid, shape, kernels_.cached_row_bytes),
        margin_(shape.kernel - 1),
        band_bytes_(copied_rows(bands_.band_pictures, bands_.band_rows) * (bands_.band_width + margin_) *
                    grid.pixel_bytes()) {}

  void run() {
    const std::int64_t at_once = std::clamp<std::int64_t>(kCopiedBytes / band_bytes_, 1, bands_.count());
    copies_ = static_cast<char*>(thread_scratch(static_cast<std::size_t>(at_once * band_bytes_), /*slot=*/0));
    for (std::int64_t first = 0; first < bands_.count(); first += at_once) {
      const std::int64_t count = std::min(at_once, bands_.count() - first);
      copy_bands(first, count);
      multiply(first, count);
    }
  }

 private:
  std::int64_t copied_rows(std::int64_t pictures, std::int64_t rows) const { return pictures * (rows + margin_); }
  std::int64_t pitch(const Band& band) const { return band.width + margin_; }  // pixels of a copied row

  void copy_bands(std::int64_t first, std::int64_t count) {
    const std::int64_t rows = copied_rows(bands_.band_pictures, bands_.band_rows);
    compute_pool().run(count * rows, [&](std::int64_t piece) {
      const Band band = bands_.band(first + piece / rows);
      const std::int64_t row = piece % rows;
      if (row < copied_rows(band.pictures, band.rows)) copy_row(band, row, copies_ + piece / rows * band_bytes_);
    });
  }

  void copy_row(const Band& band, std::int64_t row, char* copy) const {
    const std::int64_t bytes = grid_.pixel_bytes();
    const std::int64_t picture = band.picture + row / (band.rows + margin_);
    const std::int64_t y = band.y + row % (band.rows + margin_) - shape_.padding;
    char* place = copy + row * pitch(band) * bytes;
    for (std::int64_t x = 0; x < pitch(band); ++x, place += bytes)
      std::memcpy(place, grid_.at(picture, y, band.x + x - shape_.padding), static_cast<std::size_t>(bytes));
  }

  void multiply(std::int64_t first, std::int64_t count) {
    const std::int64_t wanted = std::min(divide_up(kWantedPieces, count), weight_.panels());
    const std::int64_t panels_at_once = divide_up(weight_.panels(), wanted);
    const std::int64_t panel_pieces = divide_up(weight_.panels(), panels_at_once);
    compute_pool().run(count * panel_pieces, [&](std::int64_t piece) {
      const std::int64_t index = piece / panel_pieces, panel = piece % panel_pieces * panels_at_once;
      const Band band = bands_.band(first + index);
      for (std::int64_t p = panel; p < std::min(panel + panels_at_once, weight_.panels()); ++p)
        multiply_panel(band, copies_ + index * band_bytes_, p);
    });
  }

  // Some taps at a time, so that their part of the panel is still in the cache for the band's last rows.
  void multiply_panel(const Band& band, const char* copy, std::int64_t panel) const {
    const std::int64_t taps = shape_.kernel * shape_.kernel, tap_bytes = shape_.in * kernels_.columns * 2;
    const std::int64_t at_once = std::clamp<std::int64_t>(kPanelBytesAtOnce / tap_bytes, 1, taps);
    const std::int64_t rows = (copied_rows(band.pictures, band.rows) - margin_) * pitch(band) - margin_;
    const std::int64_t room = divide_up(rows, kernels_.rows) * kernels_.rows * kernels_.columns;
    auto* sums = static_cast<float*>(thread_scratch(static_cast<std::size_t>(room) * sizeof(float), /*slot=*/1));
    std::vector<std::int64_t> shifts;
    for (std::int64_t tap = 0; tap < taps; ++tap)
      shifts.push_back((tap / shape_.kernel * pitch(band) + tap % shape_.kernel) * grid_.pixel_bytes());
    for (std::int64_t tap = 0; tap < taps; tap += at_once) {
      kernels_.shifted_product({.a = copy,
                                .a_stride = grid_.pixel_bytes(),
                                .shifts = shifts.data() + tap,
                                .taps = static_cast<int>(std::min(at_once, taps - tap)),
                                .panel = weight_.panel(panel) + tap * tap_bytes,
                                .depth = shape_.in,
                                .rows = rows,
                                .adds = tap > 0,
                                .sums = sums});
    }
    store_panel(band, panel, sums);
  }

  void store_panel(const Band& band, std::int64_t panel, const float* sums) const {
    const std::int64_t columns = weight_.columns(), first = panel * kernels_.columns;
    std::vector<float> bias(finish_.bias + first, finish_.bias + first + kernels_.columns);
    ProductTile row{.rows = static_cast<int>(band.width),
                    .columns = static_cast<int>(std::min<std::int64_t>(kernels_.columns, columns - first)),
                    .bias = bias.data(),
                    .residual_stride = columns,
                    .out_stride = columns};
    for (std::int64_t i = 0; i < band.pictures; ++i) {
      const std::int64_t picture = band.picture + i;
      if (finish_.shift != nullptr) {
        const float* shift = finish_.shift + picture * columns + first;
        for (int c = 0; c < row.columns; ++c) bias[c] = finish_.bias[first + c] + shift[c];
      }
      for (std::int64_t y = 0; y < band.rows; ++y) {
        const std::int64_t pixel = (picture * bands_.height + band.y + y) * bands_.width + band.x;
        const std::int64_t place = (pixel * columns + first) * 2;
        row.out = out_ + place;
        if (finish_.residual != nullptr) row.residual = static_cast<const char*>(finish_.residual) + place;
        kernels_.finish(row, sums + (i * (band.rows + margin_) + y) * pitch(band) * kernels_.columns);
      }
    }
  }

  const PixelGrid& grid_;
  const ConvolutionShape& shape_;
  const PackedMatrix& weight_;
  const ConvolutionFinish& finish_;
  char* out_;
  const ProductKernels& kernels_;
  BandGrid bands_;
  std::int64_t margin_;      // pixels that a band's copy has more than its outputs, along each side
  std::int64_t band_bytes_;  // of one band's copy
  char* copies_ = nullptr;
};

}  // namespace

void convolve_shifted(const PixelGrid& grid, const ConvolutionShape& shape, const PackedMatrix& weight,
                      const ConvolutionFinish& finish, void* out) {
  ShiftedRun(grid, shape, weight, finish, out).run();
}

}  // namespace fude::ops::cpu
