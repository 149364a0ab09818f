#include "pipelines/picture_coding.h"

#include <optional>
#include <vector>

#include "core/platform/memory.h"

namespace fude::pipelines {
namespace {

models::LatentCoder coder_of(const PictureModel& model, const GenerationRequest& request,
                             const WarningListener& on_warning, const TilingListener& on_tiling = {}) {
  const bool knows_free_memory = model.engine.device.is_cpu();
  const models::VaeTiling asked = models::vae_tiling_from(request.vae_tiling);
  const bool is_planned = asked == models::VaeTiling::kAuto && model.memory.autoencoder_in_pieces;
  return {.autoencoder = model.networks.autoencoder,
          .tiling = is_planned ? models::VaeTiling::kOn : asked,
          .free_bytes = knows_free_memory ? platform::available_memory() : std::nullopt,
          .in_single_precision =
              [&model, &on_warning] {
                on_warning("the autoencoder gave values that are no numbers in half precision; it runs again in fp32");
                return models::load_autoencoder(
                    model.autoencoder_file, {.type = at::kFloat, .device = model.engine.device, .travel = model.travel},
                    model.networks.config.autoencoder.scale_factor);
              },
          .on_done = on_tiling};
}

}  // namespace

at::Tensor decode_latent(const PictureModel& model, const GenerationRequest& request, const at::Tensor& latent,
                         const WarningListener& on_warning, const TilingListener& on_tiling) {
  const at::Tensor typed = latent.to(model.engine.type);
  if (model.tiny_autoencoder) return model.tiny_autoencoder->decode(typed).to(at::kFloat);
  return models::decode_latent(coder_of(model, request, on_warning, on_tiling), typed);
}

at::Tensor encode_image(const PictureModel& model, const GenerationRequest& request, const at::Tensor& image,
                        const WarningListener& on_warning) {
  return models::encode_image(coder_of(model, request, on_warning), image.to(model.engine.type));
}

at::Tensor to_planes(const io::Image& picture) {
  const std::vector<float> planes = io::planes_from_image(picture);
  return at::tensor(at::ArrayRef<float>(planes)).view({1, picture.channels, picture.height, picture.width});
}

io::Image to_image(const at::Tensor& image) {
  const at::Tensor planes = image.to(at::kCPU, at::kFloat).contiguous(at::MemoryFormat::Contiguous)[0];
  return io::image_from_planes({planes.data_ptr<float>(), static_cast<std::size_t>(planes.numel())},
                               static_cast<int>(planes.size(0)), static_cast<int>(planes.size(1)),
                               static_cast<int>(planes.size(2)));
}

}  // namespace fude::pipelines
