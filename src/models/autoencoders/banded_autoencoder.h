#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "models/autoencoders/autoencoder_kl.h"

namespace fude::models {

/// How much of a feature map is worked on at a time.
struct BandOptions {
  int64_t pixels = int64_t{1} << 15;  // of a band, which has 16 rows at least
  bool stores_wide_maps = true;       // false: the feature maps at the image's and at half its size are computed again
                                      // for every layer that asks for them
};

/// For images whose feature maps do not fit into memory: in about a tenth of decode()'s, and some four times its time.
/// 4096x4096 pixels of a Stable Diffusion 1 model come out of some 4 GB in half precision. Seamless pictures
/// (ops/seamless.h) are made as without.
inline constexpr BandOptions kLeanBands{.pixels = int64_t{1} << 17, .stores_wide_maps = false};

/// The same as autoencoder.decode(latent) in about half of the memory and at most 1.6 times the time. Each layer runs
/// over all bands of rows before the next layer begins: a convolution sees the rows above and below its band, a norm
/// takes mean and variance over the whole map. So there are no pieces that could differ in colour, and no edges: the
/// image is the whole's but for rounding, which tests hold below 1e-4 of an image in [-1,1] in fp32. (Rounded to
/// bytes, one in some ten thousand is one step off.)
at::Tensor decode_in_bands(const AutoencoderKL& autoencoder, const at::Tensor& latent, BandOptions options = {});

/// The same for autoencoder.encode(image).
at::Tensor encode_in_bands(const AutoencoderKL& autoencoder, const at::Tensor& image, BandOptions options = {});

/// About how many bytes decode() needs for one latent of height x width cells beyond the weights, rather too many than
/// too few; encode() of such an image needs no more.
int64_t decode_bytes(const AutoencoderKLConfig& config, int64_t height, int64_t width, at::ScalarType type);

/// The same for decode_in_bands() with kLeanBands.
int64_t lean_decode_bytes(const AutoencoderKLConfig& config, int64_t height, int64_t width, at::ScalarType type);

}  // namespace fude::models
