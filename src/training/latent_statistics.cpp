#include "training/latent_statistics.h"

#include <ATen/core/grad_mode.h>

#include <cmath>

#include "core/error.h"
#include "training/picture_cache.h"

namespace fude::training {
namespace {

at::Tensor& tensor_of(NamedTensors& state, const std::string& name) {
  const auto found = state.find(name);
  if (found == state.end()) fail(ErrorCode::kCorruptFile, "checkpoint lacks tensor '{}'", printable(name));
  return found->second = found->second.detach().to(at::kFloat).clone();
}

}  // namespace

LatentStatistics measure_latents(const models::AutoencoderKL& autoencoder, const at::Tensor& pixels, WorkerPool& pool) {
  const std::int64_t channels = autoencoder.config().embed_dim;
  std::vector<at::Tensor> latents(static_cast<std::size_t>(pixels.size(0)));
  pool.run(static_cast<int>(latents.size()), [&](int i) {
    const at::NoGradGuard no_gradient;
    const at::Tensor image = to_image(pixels.narrow(0, i, 1)).to(at::kBFloat16);
    latents[static_cast<std::size_t>(i)] = autoencoder.encode_moments(image).narrow(1, 0, channels).to(at::kFloat);
  });
  const at::Tensor all = at::cat(latents).transpose(0, 1).flatten(1);
  return {all.mean(1), all.std(1, /*unbiased=*/false)};
}

void fold_statistics(NamedTensors& state, const std::string& prefix, const LatentStatistics& statistics,
                     double scale_factor) {
  const at::Tensor mean = statistics.mean, gain = 1 / (statistics.deviation * scale_factor);
  const std::int64_t channels = mean.size(0);

  at::Tensor& weight = tensor_of(state, prefix + "quant_conv.weight");
  weight.narrow(0, 0, channels).mul_(gain.view({-1, 1, 1, 1}));
  at::Tensor& bias = tensor_of(state, prefix + "quant_conv.bias");
  const at::Tensor means = bias.narrow(0, 0, channels), log_variances = bias.narrow(0, channels, channels);
  means.sub_(mean).mul_(gain);
  log_variances.add_(2 * gain.log());

  at::Tensor& post_weight = tensor_of(state, prefix + "post_quant_conv.weight");
  tensor_of(state, prefix + "post_quant_conv.bias").add_(at::mv(post_weight.flatten(1), mean));
  post_weight.div_(gain.view({1, -1, 1, 1}));
}

}  // namespace fude::training
