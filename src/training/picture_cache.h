#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <string>
#include <vector>

#include "training/picture_source.h"
#include "training/record_file.h"

namespace fude::training {

/// A data set's pictures, decoded once into one mapped file, with their tags.
class PictureCache {
 public:
  /// Throws as RecordFile::prepare and the source do.
  static PictureCache prepare(const PictureSource& source, const std::filesystem::path& path, WorkerPool& pool,
                              const RecordFile::OnProgress& on_progress);

  /// [N,H,W,3] uint8, read-only.
  const at::Tensor& pixels() const { return file_.records(); }
  const std::vector<std::vector<std::string>>& tags() const { return tags_; }
  std::int64_t count() const { return pixels().size(0); }

 private:
  RecordFile file_;
  std::vector<std::vector<std::string>> tags_;
};

/// uint8 [B,H,W,3] -> float [B,3,H,W] in [-1,1], channels-last; and back (clamped and rounded, on the CPU).
at::Tensor to_image(const at::Tensor& pixels);
at::Tensor to_pixels(const at::Tensor& image);

}  // namespace fude::training
