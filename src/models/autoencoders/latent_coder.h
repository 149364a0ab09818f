#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "models/autoencoders/autoencoder_kl.h"
#include "models/autoencoders/banded_autoencoder.h"

namespace fude::models {

/// Whether an autoencoder works piece by piece (models/autoencoders/banded_autoencoder.h).
enum class VaeTiling { kAuto, kOn, kOff, kLean };

/// "auto", "on", "off" or "lean" (kLeanBands). Throws Error(kInvalidArgument).
VaeTiling vae_tiling_from(std::string_view name);
std::string_view name_of(VaeTiling tiling);

/// An autoencoder, and what it takes to use it whatever the picture's size and the precision.
struct LatentCoder {
  const AutoencoderKL& autoencoder;
  VaeTiling tiling = VaeTiling::kAuto;
  std::optional<std::uint64_t> free_bytes = {};  // memory to stay within; absent: not known, taken for enough
  /// Makes the same autoencoder in single precision; asked only where the first gives values that are no numbers.
  std::function<AutoencoderKL()> in_single_precision = {};
  /// Told how it was done in the end, before the result is given: kOff, kOn or kLean.
  std::function<void(VaeTiling)> on_done = {};
};

/// The bands in which `coder` works on a picture of height x width latent cells, absent for the whole at once: as its
/// tiling says, or where the whole, then where plain bands need more memory than is free.
std::optional<BandOptions> bands_for(const LatentCoder& coder, int64_t height, int64_t width);

/// latent [B,C,h,w], in the autoencoder's type -> image [B,3,H,W], fp32, about [-1,1]. Half precision may overflow on
/// some pictures; those are decoded once more in single precision. Throws Error(kUnsupportedModel) where that does not
/// help.
at::Tensor decode_latent(const LatentCoder& coder, const at::Tensor& latent);

/// image [B,3,H,W] in [-1,1], in the autoencoder's type -> latent [B,C,h,w], fp32; otherwise as decode_latent.
at::Tensor encode_image(const LatentCoder& coder, const at::Tensor& image);

}  // namespace fude::models
