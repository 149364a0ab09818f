#pragma once

#include <ATen/ATen.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/tensor_file.h"
#include "nn/layers.h"
#include "weights/tensor_index.h"
#include "weights/weight_view.h"

namespace fude::models {

/// Shape of the tiny autoencoder for Stable Diffusion (TAESD, https://github.com/madebyollin/taesd), and by which names
/// its file keeps it.
struct TinyAutoencoderConfig {
  int64_t latent_channels = 4;
  int64_t width = 64;
  std::optional<std::string> encoder_prefix;  // absent: the file has a decoder only
  std::string decoder_prefix;
  int64_t first_layer = 1;  // number of the decoder's first convolution: 1 where the clamp before it is counted

  bool operator==(const TinyAutoencoderConfig&) const = default;
};

/// Whether the names are those of a tiny autoencoder: the release's decoder alone ("19.weight"), both halves below
/// "taesd_encoder." and "taesd_decoder.", below "encoder." and "decoder.", or diffusers' "decoder.layers.18.weight".
bool is_tiny_autoencoder(const weights::TensorIndex& index);

/// Throws Error(kUnsupportedModel) when the shapes do not form one.
TinyAutoencoderConfig infer_tiny_autoencoder_config(const weights::TensorIndex& index);

/// A small convolutional network each way. It was trained to imitate Stable Diffusion's autoencoder including the
/// scaling of latents, so it takes and gives latents in the denoiser's scale.
class TinyAutoencoder {
 public:
  TinyAutoencoder(const weights::WeightView& w, const TinyAutoencoderConfig& config);

  at::Tensor decode(const at::Tensor& latent) const;
  at::Tensor encode(const at::Tensor& image) const;
  /// Pixels per latent cell along one side.
  int64_t downscale() const { return 8; }

  const TinyAutoencoderConfig& config() const { return config_; }

 private:
  /// Three convolutions beside the identity.
  struct Block {
    std::vector<nn::Conv2d> convs;

    at::Tensor forward(const at::Tensor& x) const;
  };
  /// A convolution, then blocks at the size it leads to.
  struct Stage {
    nn::Conv2d conv;
    std::vector<Block> blocks;
  };

  Stage make_stage(const weights::WeightView& w, int64_t first, int64_t block_count, nn::Conv2d conv) const;
  void build_encoder(const weights::WeightView& w);
  void build_decoder(const weights::WeightView& w);

  TinyAutoencoderConfig config_;
  std::vector<Stage> encoder_, decoder_;
  std::optional<nn::Conv2d> encoder_out_, decoder_out_;
};

/// Builds one from a file. Throws Error(kUnsupportedModel, kCorruptFile).
TinyAutoencoder load_tiny_autoencoder(const io::TensorFile& file, at::ScalarType type, at::Device device);

}  // namespace fude::models
