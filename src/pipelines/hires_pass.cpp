#include "pipelines/hires_pass.h"

#include <vector>

#include "core/error.h"
#include "io/images/fit.h"
#include "pipelines/latent_upscale.h"
#include "pipelines/pixel_upscaling.h"

namespace fude::pipelines {
namespace {

// Cuts off what the size asked for does not cover, in whole cells, more of it at the end.
at::Tensor cropped(const at::Tensor& latent, const HiresSize& size, int64_t cell) {
  const int64_t x = size.crop_x / cell, y = size.crop_y / cell;
  return latent.narrow(2, y / 2, latent.size(2) - y).narrow(3, x / 2, latent.size(3) - x);
}

io::Image first_image(const PictureModel& model, const GenerationRequest& request, const FirstPass& pass, int64_t place,
                      const WarningListener& on_warning) {
  if (pass.image) return *pass.image;
  return to_image(decode_latent(model, request, pass.latent.narrow(0, place, 1), on_warning));
}

at::Tensor first_latent(const PictureModel& model, const GenerationRequest& request, const FirstPass& pass,
                        const WarningListener& on_warning) {
  if (!pass.image) return pass.latent;
  const at::Tensor latent = encode_image(model, request, to_planes(*pass.image).to(model.engine.device), on_warning);
  return latent.expand({request.batch_size, -1, -1, -1});
}

void check_latents_fit(const PictureModel& first, const PictureModel& second) {
  const models::AutoencoderKLConfig &a = first.networks.config.autoencoder, &b = second.networks.config.autoencoder;
  if (a.embed_dim == b.embed_dim && a.scale_factor == b.scale_factor) return;
  fail(ErrorCode::kUnsupportedModel,
       "'{}' works on other latents than '{}', expected an upscaler of pictures such as Lanczos", second.name,
       first.name);
}

}  // namespace

GenerationRequest hires_request(const GenerationRequest& request) {
  GenerationRequest hires = request;
  const HiresSize size = hires_size(request);
  hires.width = size.width;
  hires.height = size.height;
  if (!request.hr_prompt.empty()) hires.prompt = request.hr_prompt;
  if (!request.hr_negative_prompt.empty()) hires.negative_prompt = request.hr_negative_prompt;
  if (!request.hr_sampler.empty()) hires.sampler = request.hr_sampler;
  if (!request.hr_scheduler.empty()) hires.scheduler = request.hr_scheduler;
  if (request.hr_second_pass_steps > 0) hires.steps = request.hr_second_pass_steps;
  hires.cfg_scale = request.hr_cfg.value_or(request.cfg_scale);
  return hires;
}

at::Tensor enlarged(const PictureModel& first, const PictureModel& second, const GenerationRequest& request,
                    const FirstPass& pass, const WarningListener& on_warning) {
  const HiresSize size = hires_size(request);
  const int64_t cell = first.networks.config.autoencoder.downscale();
  if (const LatentUpscaler* upscaler = find_latent_upscaler(request.hr_upscaler)) {
    check_latents_fit(first, second);
    const at::Tensor latent = first_latent(first, request, pass, on_warning).to(at::kFloat);
    return cropped(upscaler->run(latent, size.height / cell, size.width / cell), size, cell);
  }
  const io::Enlarge enlarge = first.upscalers->find(request.hr_upscaler);
  std::vector<at::Tensor> latents;
  for (int64_t i = 0; i < request.batch_size; ++i) {
    const io::Image image = io::fit(first_image(first, request, pass, i, on_warning), size.width, size.height,
                                    io::FitMode::kStretch, enlarge);
    const at::Tensor pixels = to_planes(image).to(second.engine.device);
    latents.push_back(encode_image(second, request, pixels, on_warning).to(at::kFloat));
  }
  return cropped(at::cat(latents), size, cell);
}

void check_hires_upscaler(const PictureModel& model, const GenerationRequest& request) {
  if (find_latent_upscaler(request.hr_upscaler) == nullptr) model.upscalers->find(request.hr_upscaler);
}

}  // namespace fude::pipelines
