#pragma once

#include <ATen/ATen.h>

#include <optional>
#include <vector>

#include "nn/layers.h"
#include "weights/tensor_index.h"
#include "weights/weight_view.h"

namespace fude::models {

/// Shape of the KL-regularised autoencoder (Rombach et al. 2022). Defaults are Stable Diffusion 1.x.
struct AutoencoderKLConfig {
  int64_t channels = 128;
  std::vector<int64_t> channel_mult = {1, 2, 4, 4};  // each level but the last halves the size
  int64_t res_blocks = 2;                            // per level of the encoder; the decoder has one more
  int64_t z_channels = 4;
  int64_t embed_dim = 4;
  double scale_factor = 0.18215;  // brings latents to about unit variance; not in the file, fixed for SD 1.x

  /// Pixels per latent cell along one side.
  int64_t downscale() const { return int64_t{1} << (channel_mult.size() - 1); }
  bool operator==(const AutoencoderKLConfig&) const = default;
};

/// Reads the configuration off the names and shapes below "first_stage_model.". Throws Error(kUnsupportedModel) when
/// they do not form such an autoencoder.
AutoencoderKLConfig infer_autoencoder_kl_config(const weights::TensorIndex& index);

struct AutoencoderResBlock {
  nn::GroupNorm norm1, norm2;
  nn::Conv2d conv1, conv2;
  std::optional<nn::Conv2d> shortcut;  // only where the width changes

  AutoencoderResBlock(const weights::WeightView& w, int64_t in, int64_t out);
  at::Tensor forward(const at::Tensor& x) const;
};

/// One attention head as wide as the feature map, over all pixels.
struct AutoencoderAttention {
  nn::GroupNorm norm;
  nn::Conv2d q, k, v, proj_out;

  AutoencoderAttention(const weights::WeightView& w, int64_t channels);
  at::Tensor forward(const at::Tensor& x) const;
};

struct AutoencoderMiddle {
  AutoencoderResBlock block1;
  AutoencoderAttention attention;
  AutoencoderResBlock block2;

  AutoencoderMiddle(const weights::WeightView& w, int64_t channels);
  at::Tensor forward(const at::Tensor& x) const;
};

/// A level of the encoder or decoder: res blocks, then (but for the last) a convolution that changes the size.
struct AutoencoderLevel {
  std::vector<AutoencoderResBlock> blocks;
  std::optional<nn::Conv2d> resample;
};

struct Encoder {
  nn::Conv2d conv_in;
  std::vector<AutoencoderLevel> levels;
  AutoencoderMiddle middle;
  nn::GroupNorm norm_out;
  nn::Conv2d conv_out;

  Encoder(const weights::WeightView& w, const AutoencoderKLConfig& config);
  at::Tensor forward(const at::Tensor& image) const;

  /// What follows the levels: the rest of forward, at the latent's size.
  at::Tensor finish(const at::Tensor& h) const;
};

struct Decoder {
  nn::Conv2d conv_in;
  AutoencoderMiddle middle;
  std::vector<AutoencoderLevel> levels;  // index 0 is the full size, as in the weight names; run from the last
  nn::GroupNorm norm_out;
  nn::Conv2d conv_out;

  Decoder(const weights::WeightView& w, const AutoencoderKLConfig& config);
  at::Tensor forward(const at::Tensor& z) const;

  /// What goes before the levels: the beginning of forward, at the latent's size.
  at::Tensor begin(const at::Tensor& z) const;
};

/// Images to latents and back. Weight names are those of the original release, below "first_stage_model.".
class AutoencoderKL {
 public:
  AutoencoderKL(const weights::WeightView& w, const AutoencoderKLConfig& config);

  /// image [B,3,H,W] in [-1,1], H and W multiples of downscale() -> [B,2*embed_dim,H/8,W/8]: mean, then log variance
  /// (not clamped), of the posterior, before scaling.
  at::Tensor encode_moments(const at::Tensor& image) const;

  /// The posterior's mean times scale_factor: [B,embed_dim,H/8,W/8]. The mean, not a draw: encoding repeats exactly.
  at::Tensor encode(const at::Tensor& image) const;

  /// latent [B,embed_dim,h,w] in the denoiser's scale -> image [B,3,8h,8w], about [-1,1], not clamped.
  at::Tensor decode(const at::Tensor& latent) const;

  /// The parts of encode and decode, for those who run the levels between them in another way:
  /// encode is finish_encode(levels of encoder()), decode is the levels and the end of decoder() after begin_decode.
  const Encoder& encoder() const { return encoder_; }
  const Decoder& decoder() const { return decoder_; }
  at::Tensor finish_encode(const at::Tensor& h) const;
  at::Tensor begin_decode(const at::Tensor& latent) const;

  const AutoencoderKLConfig& config() const { return config_; }

  /// What it computes in and on.
  at::ScalarType type() const { return at::typeMetaToScalarType(post_quant_conv_.options().dtype()); }
  at::Device device() const { return post_quant_conv_.options().device(); }

 private:
  at::Tensor scaled_mean(const at::Tensor& moments) const;
  at::Tensor unscaled(const at::Tensor& latent) const;

  AutoencoderKLConfig config_;
  Encoder encoder_;
  Decoder decoder_;
  nn::Conv2d quant_conv_, post_quant_conv_;
};

}  // namespace fude::models
