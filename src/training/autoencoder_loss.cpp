#include "training/autoencoder_loss.h"

namespace fude::training {
namespace {

at::Tensor differences(const at::Tensor& x, std::int64_t dim) {
  const std::int64_t n = x.size(dim);
  return x.narrow(dim, 1, n - 1) - x.narrow(dim, 0, n - 1);
}

}  // namespace

ShardLoss reconstruction_loss(const at::Tensor& reconstruction, const at::Tensor& image,
                              const AutoencoderLossWeights& weights) {
  // Every part is linear in the pixels, so the error is taken once.
  const at::Tensor error = reconstruction - image;
  const at::Tensor l1 = error.abs().mean();
  const at::Tensor gradient = differences(error, 3).abs().mean() + differences(error, 2).abs().mean();
  const at::Tensor halved = at::avg_pool2d(error, 2);
  const at::Tensor low = at::avg_pool2d(halved, 4).abs().mean();
  const at::Tensor luma = at::tensor({0.299F, 0.587F, 0.114F}, error.options()).view({1, 3, 1, 1});
  const at::Tensor chroma = (halved - (halved * luma).sum(1, /*keepdim=*/true)).square().mean();
  const at::Tensor squared = error.square().mean();
  return {l1 + weights.gradient * gradient + weights.low * low + weights.chroma * chroma + weights.squared * squared,
          {{"l1", l1.item<double>()},
           {"gradient", gradient.item<double>()},
           {"low", low.item<double>()},
           {"chroma", chroma.item<double>()},
           {"squared", squared.item<double>()}}};
}

at::Tensor normal_divergence(const at::Tensor& mean, const at::Tensor& log_variance) {
  return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean();
}

}  // namespace fude::training
