#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "diffusion/denoiser.h"

namespace fude::diffusion {

/// How the pieces' predictions come together where they overlap.
enum class TileBlend {
  kAverage,   // MultiDiffusion, Bar-Tal et al. 2023 (arXiv:2302.08113, eq. 5 with equal weights)
  kGaussian,  // Mixture of Diffusers, Barbero Jimenez 2023 (arXiv:2302.02412, section 3): a piece's middle counts more
};

/// How a latent is cut up, in its cells.
struct LatentTiling {
  TileBlend blend = TileBlend::kAverage;
  std::int64_t width = 96;
  std::int64_t height = 96;
  std::int64_t overlap = 48;  // at least; less than width and height
  std::int64_t batch = 4;     // pieces in one call of the network
};

/// Where pieces of `side` cells begin that cover `length` cells, evenly spread, neighbours sharing `overlap` or more.
/// One at 0 where the whole fits in.
std::vector<std::int64_t> tile_starts(std::int64_t length, std::int64_t side, std::int64_t overlap);

/// How much each cell of each piece along one axis counts: at every cell of the latent the pieces' shares are 1 in all.
/// [pieces, min(side, length)], double.
at::Tensor tile_weights(const std::vector<std::int64_t>& starts, std::int64_t length, std::int64_t side,
                        TileBlend blend);

/// A network that sees its latent in pieces, all at the same time and with the same words, and brings what it says of
/// them together: pictures far larger than the network was trained on, in the memory that one batch of pieces takes.
/// Everything that lies beside the latent in the channels of x is cut with it. A latent that fits into one piece goes
/// to `network` as it is. Pieces are added up in one order: `batch` changes no more bits than it does in the network
/// itself. Throws Error(kInvalidArgument) for an overlap that is not less than the sides.
Network tiled(Network network, const LatentTiling& tiling);

}  // namespace fude::diffusion
