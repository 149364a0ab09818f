#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <optional>
#include <vector>

#include "models/denoisers/free_u.h"
#include "models/denoisers/unet_config.h"
#include "nn/layers.h"
#include "nn/transformer.h"
#include "weights/weight_view.h"

namespace fude::models {

/// Residual block of the latent-diffusion U-Net: two convolutions, the time embedding added between them.
struct ResBlock {
  nn::GroupNorm norm1, norm2;
  nn::Conv2d conv1, conv2;
  nn::Linear embed;
  std::optional<nn::Conv2d> skip;  // only where the width changes

  ResBlock(const weights::WeightView& w, int64_t in, int64_t out, int64_t embed_dim);
  /// x [B,in,H,W], embedding [B,embed_dim] (SiLU already applied) -> [B,out,H,W].
  at::Tensor forward(const at::Tensor& x, const at::Tensor& embedding) const;
};

/// U-Net that predicts the noise (or whatever its prediction type says) in a latent (Rombach et al. 2022, sec. 3.3).
/// Weight names are those of the original release, below "model.diffusion_model.".
class UNet {
 public:
  /// What a run may change about a forward pass; nothing by default.
  struct Tweaks {
    std::optional<FreeU> free_u = {};
    nn::SelfAttention self_attention = {};  // see nn/attention_tweaks.h; empty: the layers' own
    nn::AttentionHooks hooks = {};
    std::shared_ptr<nn::ContextMemory> contexts = {};  // of passes that follow each other; null: nothing is kept
  };

  UNet(const weights::WeightView& w, const UNetConfig& config);

  /// x [B,in_channels,H,W] scaled latent, t [B] timesteps (may be fractional), context [B,M,context_dim] text
  /// conditioning, vector [B,vector_dim] where vector_dim > 0 -> [B,out_channels,H,W]. Any H and W of at least 1;
  /// computes in x's type.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& t, const at::Tensor& context,
                     const at::Tensor& vector = {}) const;
  at::Tensor forward(const at::Tensor& x, const at::Tensor& t, const at::Tensor& context, const at::Tensor& vector,
                     const Tweaks& tweaks) const;

  const UNetConfig& config() const { return config_; }

  /// Type and device of its weights.
  at::TensorOptions options() const { return out_conv_.options(); }

 private:
  /// What may follow a res block at one place of the network.
  struct Stage {
    std::optional<nn::Conv2d> conv;  // the first convolution, or a downsampling one: then nothing else
    std::optional<ResBlock> res;
    std::optional<nn::SpatialTransformer> transformer;
    std::optional<nn::Conv2d> upsample;

    at::Tensor forward(at::Tensor x, const at::Tensor& embedding, const at::Tensor& context,
                       const nn::AttentionDoor& door) const;
  };

  void build_input(const weights::WeightView& w, std::vector<int64_t>& skip_channels);
  void build_output(const weights::WeightView& w, std::vector<int64_t> skip_channels);
  nn::SpatialTransformer::Config transformer_config(int64_t channels, int64_t depth) const;
  /// What every residual block is told, in x's type: the time and the vector, SiLU applied. [B,4 model_channels]
  at::Tensor embed(const at::Tensor& x, const at::Tensor& t, const at::Tensor& vector) const;

  UNetConfig config_;
  nn::Linear time1_, time2_;
  std::optional<nn::Linear> vector1_, vector2_;
  std::vector<Stage> input_blocks_;
  ResBlock middle1_;
  std::optional<nn::SpatialTransformer> middle_transformer_;
  ResBlock middle2_;
  std::vector<Stage> output_blocks_;
  nn::GroupNorm out_norm_;
  nn::Conv2d out_conv_;
};

}  // namespace fude::models
