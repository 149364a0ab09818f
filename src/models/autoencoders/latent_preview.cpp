#include "models/autoencoders/latent_preview.h"

#include "ops/resize.h"

namespace fude::models {
namespace {

// [channel][red, green, blue]
constexpr float kStableDiffusion[4][3] = {
    {0.298F, 0.207F, 0.208F}, {0.187F, 0.286F, 0.173F}, {-0.158F, 0.189F, 0.264F}, {-0.184F, -0.271F, -0.473F}};
constexpr float kSdxl[4][3] = {{0.3448F, 0.4168F, 0.4395F},
                               {-0.1953F, -0.0290F, 0.0250F},
                               {0.1074F, 0.0886F, -0.0163F},
                               {-0.3730F, -0.2499F, -0.2088F}};

LatentColours without_offset(const float (&factors)[4][3]) {
  const at::Tensor rows = at::tensor(at::ArrayRef<float>(&factors[0][0], 12), at::kFloat).view({4, 3});
  return {at::cat({rows, at::zeros({1, 3})})};
}

// Even patches of random height, as pictures have areas: a cell's colour depends on its neighbours, too.
at::Tensor random_latent(int64_t channels) {
  constexpr int64_t kPatches = 8, kCells = 32;
  at::Generator generator = at::detail::createCPUGenerator(/*seed_val=*/1);
  return ops::resize_nearest(at::randn({1, channels, kPatches, kPatches}, generator), kCells, kCells);
}

// [1,C,h,w] -> [h*w,C]
at::Tensor cells_of(const at::Tensor& x) { return x.flatten(2)[0].transpose(0, 1); }

}  // namespace

LatentColours stable_diffusion_colours() { return without_offset(kStableDiffusion); }

LatentColours sdxl_colours() { return without_offset(kSdxl); }

LatentColours fitted_colours(const AutoencoderKL& autoencoder) {
  const at::Tensor latent = random_latent(autoencoder.config().embed_dim);
  const at::Tensor image = autoencoder.decode(latent.to(autoencoder.device(), autoencoder.type()));
  const int64_t cell = autoencoder.config().downscale();
  const at::Tensor colours = at::avg_pool2d(image.to(at::kCPU, at::kDouble), {cell, cell});
  const at::Tensor cells = cells_of(latent).to(at::kDouble);
  const at::Tensor known = at::cat({cells, at::ones({cells.size(0), 1}, at::kDouble)}, 1);
  // Least squares by the normal equations: random channels make them well conditioned.
  const at::Tensor square = at::matmul(known.t(), known), right = at::matmul(known.t(), cells_of(colours));
  return {at::linalg_solve(square, right).to(at::kFloat)};
}

at::Tensor preview_of(const at::Tensor& latent, const LatentColours& colours) {
  const at::Tensor x = latent.to(at::kCPU, at::kFloat);
  const at::Tensor factors = colours.factors.narrow(0, 0, x.size(1)), offset = colours.factors[x.size(1)];
  return at::einsum("bchw,cr->brhw", {x, factors}).add_(offset.view({1, 3, 1, 1})).clamp_(-1, 1);
}

}  // namespace fude::models
