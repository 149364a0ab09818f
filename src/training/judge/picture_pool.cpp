#include "training/judge/picture_pool.h"

#include <algorithm>

#include "training/judge/network.h"
#include "training/judge/targets.h"
#include "training/painter/paint.h"

namespace fude::judge {
namespace {

at::Tensor planes(const painter::Painting& painting) {
  const at::Tensor rows =
      at::from_blob(const_cast<std::uint8_t*>(painting.rgb.data()), {painting.height, painting.width, 3}, at::kByte);
  return rows.permute({2, 0, 1}).contiguous();
}

/// Enlarged by up to a seventh about a random place, or as it is.
at::Tensor zoomed(const at::Tensor& pictures, painter::Random& random) {
  const std::int64_t size = kInputSize - random.below(33);
  const int spare = static_cast<int>(kInputSize - size) + 1;
  const at::Tensor cut = pictures.narrow(2, random.below(spare), size).narrow(3, random.below(spare), size);
  return at::upsample_bilinear2d(cut, {kInputSize, kInputSize}, /*align_corners=*/false);
}

at::Tensor shifted(const at::Tensor& pictures, int dx, int dy) {
  const at::Tensor padded = at::replication_pad2d(pictures, {8, 8, 8, 8});
  return padded.narrow(2, 8 + dy, kInputSize).narrow(3, 8 + dx, kInputSize);
}

at::Tensor softened(const at::Tensor& pictures, double strength) {
  const at::Tensor blurred = at::avg_pool2d(at::replication_pad2d(pictures, {1, 1, 1, 1}), 3, 1);
  return at::lerp(pictures, blurred, strength);
}

}  // namespace

Batch paint_batch(std::uint64_t seed, std::uint64_t first, std::int64_t count) {
  std::vector<at::Tensor> pictures, targets;
  for (std::int64_t i = 0; i < count; ++i) {
    const painter::Character character = painter::draw_character(seed, first + static_cast<std::uint64_t>(i));
    pictures.push_back(planes(painter::paint(character)));
    targets.push_back(at::tensor(targets_of(character)));
  }
  return {at::stack(pictures), at::stack(targets)};
}

PicturePool::PicturePool(std::uint64_t seed, std::int64_t capacity)
    : seed_(seed),
      pictures_(at::empty({capacity, 3, kInputSize, kInputSize}, at::kByte)),
      targets_(at::empty({capacity, static_cast<std::int64_t>(answer_counts().size())}, at::kLong)) {}

void PicturePool::refresh(std::int64_t count) {
  const Batch fresh = paint_batch(seed_, static_cast<std::uint64_t>(painted_), count);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t place = painted_++ % pictures_.size(0);
    pictures_[place].copy_(fresh.pictures[i]);
    targets_[place].copy_(fresh.targets[i]);
  }
}

Batch PicturePool::draw(std::int64_t count, painter::Random& random) const {
  const int filled = static_cast<int>(std::min(painted_, pictures_.size(0)));
  std::vector<std::int64_t> places;
  for (std::int64_t i = 0; i < count; ++i) places.push_back(random.below(filled));
  const at::Tensor index = at::tensor(places);
  std::vector<at::Tensor> parts;
  // One change for each eighth of the batch: varied enough, and quick.
  for (const at::Tensor& part : pictures_.index_select(0, index).chunk(8)) {
    at::Tensor x = part.to(at::kFloat);
    x = random.chance(0.4) ? zoomed(x, random) : shifted(x, random.below(17) - 8, random.below(17) - 8);
    if (random.chance(0.5)) x = x.flip(3);
    if (random.chance(0.4)) x = softened(x, random.between(0.2, 1));
    const double contrast = random.between(0.9, 1.1) / 127.5;
    const double level = random.between(-0.06, 0.06) - 127.5 * contrast;
    parts.push_back(x.mul_(contrast).add_(level).clamp_(-1, 1));
  }
  return {at::cat(parts), targets_.index_select(0, index)};
}

}  // namespace fude::judge
