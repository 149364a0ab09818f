#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "core/random/normal_source.h"

namespace fude::diffusion {

/// One sample path of Brownian motion over an interval of noise levels, fixed by its seed alone: whatever increments
/// are asked for, in whatever order, they belong to the same path. Midpoint refinement with seeds from a tree (Li et
/// al. 2020, arXiv:2001.01328, "virtual Brownian tree"), with the seeds of the published torchsde 0.2 programs, which
/// round every time to 6 decimals.
class BrownianTree {
 public:
  /// A path of tensors of `shape` over [first, last]. Throws Error(kInvalidArgument) unless first <= last.
  BrownianTree(NoiseStream stream, std::uint64_t seed, double first, double last, std::vector<std::int64_t> shape);

  /// The path at `time` minus the path at `first`: float64, CPU. Times outside the interval count as its ends.
  at::Tensor at(double time);

 private:
  struct Node {
    double start, end;
    std::uint64_t key;
    int depth;
    at::Tensor increment;  // the path at `end` minus the path at `start`
  };

  at::Tensor draw(const Node& node) const;
  at::Tensor descend(double time) const;

  NoiseStream stream_;
  std::uint64_t seed_;
  std::vector<std::int64_t> shape_;
  Node root_;
  std::map<double, at::Tensor> recent_;  // steps ask for the point where the last one ended
};

/// The noise of SDE samplers for a batch: one Brownian tree per image, seeded with the plain image seed.
class BrownianNoise {
 public:
  /// `sigmas` is the whole list of the run, of which the smallest positive and the largest bound the paths; `shape` is
  /// that of one latent. Throws Error(kInvalidArgument) when there is no seed or no positive sigma.
  BrownianNoise(NoiseStream stream, const std::vector<std::uint64_t>& seeds, std::span<const double> sigmas,
                const std::vector<std::int64_t>& shape);

  /// Standard normal noise [B, C, H, W] (float32, CPU) for the step from `sigma` to `next`: the increment of the path
  /// divided by the root of its length.
  at::Tensor step(double sigma, double next);

 private:
  std::vector<BrownianTree> trees_;
};

}  // namespace fude::diffusion
