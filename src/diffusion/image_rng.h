#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "core/random/normal_source.h"

namespace fude::diffusion {

/// How the noise of a batch is seeded; one entry per image where a list.
struct ImageSeeds {
  NoiseStream stream = NoiseStream::kTorchCpu;
  std::vector<std::uint64_t> seeds = {};            // one per image, at least one
  std::vector<std::uint64_t> variation_seeds = {};  // empty, or one per image
  double variation_strength = 0.0;                  // 0 (seeds only) .. 1 (variation seeds only)
  std::int64_t resize_from_height = 0;              // latent rows the seeds were found at; 0: this size
  std::int64_t resize_from_width = 0;               // latent columns
  std::uint64_t seed_delta = 0;                     // "ENSD": added to the seeds for every draw but the first
};

/// The seeds of a batch as the web UI counts them: image i of a job has seed + i, or `seed` itself when a variation
/// is mixed in; variation seeds always count. `first` is the index of the batch's first image in the job.
void count_seeds(ImageSeeds& seeds, std::uint64_t seed, std::uint64_t variation_seed, int first, int count);

/// The noise of a batch of images, every image from its own generator, so that a picture depends neither on the
/// batch's size nor on its neighbours. The first draw is the initial noise and honours variations and seed resizing;
/// later draws continue each image's stream. The same on every device: numbers are made on the CPU.
class ImageRng {
 public:
  /// `channels`, `height` and `width` are those of one latent. Throws Error(kInvalidArgument) when a list's length or
  /// a value is out of range.
  ImageRng(ImageSeeds seeds, std::int64_t channels, std::int64_t height, std::int64_t width);

  /// The next draw: [B, channels, height, width], float32, CPU.
  at::Tensor next();

 private:
  at::Tensor first();
  at::Tensor first_of(std::size_t image);
  void restart(std::uint64_t delta);

  ImageSeeds seeds_;
  std::vector<std::int64_t> shape_;
  std::vector<std::unique_ptr<NormalSource>> generators_;
  bool drawn_ = false;
};

/// A tensor of the source's next draw: float32, CPU.
at::Tensor normal_tensor(NormalSource& source, at::IntArrayRef shape);

/// Spherical interpolation between two noises [C, H, W], along dim 1 (the rows) as published, `share` = 0 .. 1 from
/// `from` to `to`. Nearly parallel noises fall back to a linear mix with the weights swapped, also as published.
at::Tensor slerp_noise(double share, const at::Tensor& from, const at::Tensor& to);

}  // namespace fude::diffusion
