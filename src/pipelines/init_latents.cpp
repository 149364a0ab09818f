#include "pipelines/init_latents.h"

#include <vector>

#include "diffusion/image_rng.h"
#include "io/images/resample.h"
#include "ops/resize.h"
#include "pipelines/picture_channels.h"
#include "pipelines/sampling_request.h"
#include "pipelines/soft_inpainting.h"

namespace fude::pipelines {
namespace {

constexpr int kLatentResize = 3;         // resize_mode
constexpr int kNoise = 2, kNothing = 3;  // inpainting_fill

at::Tensor latent_repaint(const io::Image& mask, const at::Tensor& latents, bool rounds) {
  const int height = static_cast<int>(latents.size(2)), width = static_cast<int>(latents.size(3));
  const io::Image small = io::resample(mask, width, height, io::ResampleFilter::kBicubic);
  const at::Tensor share = at::tensor(at::ArrayRef<std::uint8_t>(small.pixels), at::kByte)
                               .to(at::kFloat)
                               .div(255.0F)
                               .view({1, 1, height, width});
  return (rounds ? share.round() : share).to(latents.options());
}

// After the last step the result is taken as it is: finishing lays the original over it.
auto soft_blend(const GenerationRequest& request) {
  return [request](const at::Tensor& latent, const at::Tensor& original, const at::Tensor& repaint, double sigma) {
    if (sigma == 0) return latent;
    return mixed_latents(request, original, latent, share_at(request, repaint, sigma));
  };
}

}  // namespace

InitLatents encode_pictures(const PictureModel& model, const GenerationRequest& request,
                            const PreparedPictures& prepared, const WarningListener& on_warning) {
  const int64_t cell = model.networks.config.autoencoder.downscale();
  std::vector<at::Tensor> latents, channels;
  for (const io::Image& picture : prepared.pictures) {
    const at::Tensor pixels = to_planes(picture).to(model.engine.device);
    at::Tensor latent = encode_image(model, request, pixels, on_warning).to(at::kFloat);
    if (request.resize_mode == kLatentResize) {
      latent = at::upsample_bilinear2d(latent, {request.height / cell, request.width / cell}, /*align_corners=*/false);
    }
    const at::Tensor beside = picture_channels(model, request, pixels, prepared.mask);
    if (beside.defined()) channels.push_back(beside);
    latents.push_back(std::move(latent));
  }
  InitLatents init{.latents = at::cat(latents)};
  if (!channels.empty()) init.channels = at::cat(channels);
  if (prepared.mask) init.repaint = latent_repaint(*prepared.latent_mask, init.latents, request.mask_round);
  return init;
}

PassStart start_of_batch(const InitLatents& init, const Job& job, int first) {
  std::vector<int64_t> places;
  for (int i = 0; i < job.request.batch_size; ++i) places.push_back((first + i) % init.count());
  PassStart start{.latent = init.latents.index_select(0, at::tensor(places, at::kLong).to(init.latents.device()))};
  if (!init.repaint.defined()) return start;
  const int fill = job.request.inpainting_fill;
  if (fill == kNoise || fill == kNothing) start.latent = start.latent * (1 - init.repaint);
  if (fill == kNoise) {
    diffusion::ImageSeeds seeds = batch_seeds(job.request, first);
    seeds.variation_strength = 0;
    seeds.resize_from_height = seeds.resize_from_width = 0;
    const at::Tensor noise =
        diffusion::ImageRng(seeds, start.latent.size(1), start.latent.size(2), start.latent.size(3)).next();
    start.latent = start.latent + noise.to(start.latent.device()) * init.repaint;
  }
  start.mask = {.repaint = init.repaint, .original = start.latent, .blend = {}};
  if (job.request.soft_inpainting) start.mask.blend = soft_blend(job.request);
  return start;
}

}  // namespace fude::pipelines
