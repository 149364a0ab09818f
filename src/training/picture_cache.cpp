#include "training/picture_cache.h"

namespace fude::training {

PictureCache PictureCache::prepare(const PictureSource& source, const std::filesystem::path& path, WorkerPool& pool,
                                   const RecordFile::OnProgress& on_progress) {
  const std::vector<std::int64_t> shape = {source.size(), source.size(), 3};
  PictureCache cache;
  cache.file_ = RecordFile::prepare(
      path, {.identity = source.identity(), .count = source.count(), .shape = shape, .type = at::kByte}, pool,
      [&](std::int64_t index) {
        Pixels pixels = source.picture(index);
        return at::from_blob(pixels.data(), shape, at::kByte).clone();
      },
      on_progress);
  for (std::int64_t i = 0; i < source.count(); ++i) cache.tags_.push_back(source.tags(i));
  return cache;
}

at::Tensor to_image(const at::Tensor& pixels) {
  // A permuted [B,H,W,3] is channels-last already.
  return pixels.permute({0, 3, 1, 2}).to(at::kFloat) / 127.5 - 1;
}

at::Tensor to_pixels(const at::Tensor& image) {
  const at::Tensor bytes = ((image.to(at::kFloat).clamp(-1, 1) + 1) * 127.5).round().to(at::kByte);
  return bytes.permute({0, 2, 3, 1}).contiguous().cpu();
}

}  // namespace fude::training
