#include "ops/cpu/picture_copies.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "ops/cpu/share_out.h"

namespace fude::ops::cpu {
namespace {

/// A channels-last tensor as bytes.
struct Pixels {
  std::byte* data;
  std::int64_t height, width, pixel_bytes;

  explicit Pixels(const at::Tensor& t)
      : data(static_cast<std::byte*>(t.data_ptr())),
        height(t.size(2)),
        width(t.size(3)),
        pixel_bytes(t.size(1) * static_cast<std::int64_t>(t.element_size())) {}

  std::int64_t row_bytes() const { return width * pixel_bytes; }
  /// Row y of picture b for row = b * height + y.
  std::byte* row(std::int64_t row) const { return data + row * row_bytes(); }
};

void copy_bytes(std::byte* to, const std::byte* from, std::int64_t bytes) {
  std::memcpy(to, from, static_cast<std::size_t>(bytes));
}

at::Tensor empty_picture(const at::Tensor& like, std::int64_t channels, std::int64_t height, std::int64_t width) {
  return at::empty({like.size(0), channels, height, width}, like.options(), at::MemoryFormat::ChannelsLast);
}

/// task(b, y) for every row of the tensor, in parallel.
template <typename Task>
void for_rows_of(const at::Tensor& x, const Task& task) {
  const std::int64_t height = x.size(2);
  const std::int64_t at_once = std::max<std::int64_t>(1, kElementsAtOnce / (x.size(1) * x.size(3)));
  parallel_pieces(x.size(0) * height, at_once, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) task(row / height, row % height);
  });
}

/// For each of `count` places along one axis, where in the `source` ones it comes from.
std::vector<std::int64_t> nearest_places(std::int64_t count, std::int64_t source) {
  std::vector<std::int64_t> places(static_cast<std::size_t>(count));
  // In float, as ATen does: where a product falls just short of a whole number, both must fall short.
  const float scale = static_cast<float>(source) / static_cast<float>(count);
  for (std::int64_t i = 0; i < count; ++i)
    places[i] = std::min(static_cast<std::int64_t>(static_cast<float>(i) * scale), source - 1);
  return places;
}

}  // namespace

bool can_copy_pictures(std::initializer_list<at::Tensor> inputs) {
  return !needs_gradient(inputs) && std::ranges::all_of(inputs, [](const at::Tensor& x) {
    return x.device().is_cpu() && x.dim() == 4 && x.numel() > 0 && x.is_contiguous(at::MemoryFormat::ChannelsLast);
  });
}

at::Tensor concat_channels(const at::Tensor& first, const at::Tensor& second) {
  at::Tensor joined = empty_picture(first, first.size(1) + second.size(1), first.size(2), first.size(3));
  const Pixels a(first), b(second), to(joined);
  const std::int64_t pixels = joined.size(0) * to.height * to.width;
  const std::int64_t at_once = std::max<std::int64_t>(1, kElementsAtOnce / joined.size(1));
  parallel_pieces(pixels, at_once, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t p = begin; p < end; ++p) {
      copy_bytes(to.data + p * to.pixel_bytes, a.data + p * a.pixel_bytes, a.pixel_bytes);
      copy_bytes(to.data + p * to.pixel_bytes + a.pixel_bytes, b.data + p * b.pixel_bytes, b.pixel_bytes);
    }
  });
  return joined;
}

at::Tensor resize_nearest(const at::Tensor& x, std::int64_t height, std::int64_t width) {
  at::Tensor resized = empty_picture(x, x.size(1), height, width);
  const Pixels from(x), to(resized);
  const std::vector<std::int64_t> rows = nearest_places(height, from.height);
  const std::vector<std::int64_t> columns = nearest_places(width, from.width);
  for_rows_of(resized, [&](std::int64_t picture, std::int64_t y) {
    const std::byte* source = from.row(picture * from.height + rows[y]);
    std::byte* pixel = to.row(picture * height + y);
    for (const std::int64_t column : columns) {
      copy_bytes(pixel, source + column * from.pixel_bytes, from.pixel_bytes);
      pixel += from.pixel_bytes;
    }
  });
  return resized;
}

at::Tensor pad_end(const at::Tensor& x, std::int64_t rows, std::int64_t columns) {
  at::Tensor padded = empty_picture(x, x.size(1), x.size(2) + rows, x.size(3) + columns);
  const Pixels from(x), to(padded);
  for_rows_of(padded, [&](std::int64_t picture, std::int64_t y) {
    std::byte* row = to.row(picture * to.height + y);
    const std::int64_t copied = y < from.height ? from.row_bytes() : 0;
    if (copied > 0) copy_bytes(row, from.row(picture * from.height + y), copied);
    std::fill(row + copied, row + to.row_bytes(), std::byte{0});
  });
  return padded;
}

}  // namespace fude::ops::cpu
