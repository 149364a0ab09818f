#include "pipelines/memory_demand.h"

#include <c10/core/DeviceGuard.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "core/platform/loaded_function.h"
#include "core/platform/memory.h"
#include "models/autoencoders/banded_autoencoder.h"
#include "models/denoisers/unet_memory.h"
#include "pipelines/guidance_request.h"

namespace fude::pipelines {
namespace {

constexpr std::string_view kUNetPrefix = "model.diffusion_model.";
constexpr std::string_view kAutoencoderPrefix = "first_stage_model.";
// 77 tokens of a few prompts through the widest encoder (1280, four times that inside) are some megabytes.
constexpr std::int64_t kTextWork = std::int64_t{32} << 20;

void add_weights(const weights::TensorIndex& index, std::string_view prefix, std::int64_t number_bytes,
                 NetworkDemand& demand) {
  for (auto entry = index.lower_bound(std::string(prefix)); entry != index.end(); ++entry) {
    const auto& [name, shape] = *entry;
    if (!name.starts_with(prefix)) break;
    std::int64_t bytes = number_bytes;
    for (const std::int64_t size : shape) bytes *= size;
    // Only what linear layers and convolutions multiply by can wait in RAM (nn/layers.cpp).
    const bool is_fixed = shape.size() < 2 || name.find("embedding") != std::string::npos;
    (is_fixed ? demand.fixed : demand.weights) += bytes;
    if (!is_fixed) demand.largest_weight = std::max(demand.largest_weight, bytes);
  }
}

// cudaMemGetInfo(), hipMemGetInfo(): 0 says that all went well.
using MemoryQuery = int (*)(std::size_t* free, std::size_t* total);

std::optional<DeviceMemory> gpu_memory(at::Device device) {
  for (const char* name : {"cudaMemGetInfo", "hipMemGetInfo"}) {
    const auto query = reinterpret_cast<MemoryQuery>(platform::loaded_function(name));
    if (query == nullptr) continue;
    const c10::DeviceGuard guard(device);
    std::size_t free = 0, total = 0;
    if (query(&free, &total) == 0) return DeviceMemory{.free = free, .total = total};
  }
  return std::nullopt;
}

}  // namespace

std::vector<NetworkDemand> memory_demands(const weights::TensorIndex& index,
                                          const models::StableDiffusionConfig& config, at::ScalarType type,
                                          const GenerationRequest& request, int native_size) {
  const auto number_bytes = static_cast<std::int64_t>(c10::elementSize(type));
  const std::int64_t cell = config.autoencoder.downscale();
  const std::int64_t height = (request.height > 0 ? request.height : native_size) / cell;
  const std::int64_t width = (request.width > 0 ? request.width : native_size) / cell;

  NetworkDemand text{.role = NetworkRole::kTextEncoders, .work = kTextWork, .work_in_pieces = kTextWork};
  for (const models::TextEncoderConfig& encoder : config.text_encoders) {
    add_weights(index, encoder.place, number_bytes, text);
  }
  NetworkDemand denoiser{.role = NetworkRole::kDenoiser};
  add_weights(index, kUNetPrefix, number_bytes, denoiser);
  const bool runs_together = request.batch_cond_uncond && request.cfg_scale != 1;  // with and without the words
  const std::int64_t pictures = std::int64_t{request.batch_size} * (runs_together ? 2 : 1);
  models::UNetInput seen{.pictures = pictures, .height = height, .width = width};
  const std::optional<diffusion::LatentTiling> tiling = latent_tiling(request);
  if (tiling && (tiling->height < height || tiling->width < width)) {
    seen = {.pictures = pictures * tiling->batch,
            .height = std::min(tiling->height, height),
            .width = std::min(tiling->width, width)};
  }
  denoiser.work = models::unet_work_bytes(config.unet, seen, number_bytes);
  denoiser.work_in_pieces = denoiser.work;

  NetworkDemand autoencoder{.role = NetworkRole::kAutoencoder};
  add_weights(index, kAutoencoderPrefix, number_bytes, autoencoder);
  autoencoder.work = models::decode_bytes(config.autoencoder, height, width, type);
  // Plain bands take about half; of what is large beyond that it is worth the time to store less.
  constexpr std::int64_t kLargeCells = 256 * 256;
  const std::int64_t lean = models::lean_decode_bytes(config.autoencoder, height, width, type);
  autoencoder.work_in_pieces = height * width > kLargeCells ? lean : autoencoder.work / 2;
  return {text, denoiser, autoencoder};
}

std::optional<DeviceMemory> memory_of(at::Device device) {
  if (!device.is_cpu()) return gpu_memory(device);
  const auto available = platform::available_memory();
  return available ? std::optional(DeviceMemory{.free = *available}) : std::nullopt;
}

std::vector<models::NetworkTravel> travel_of(const MemoryPlan& plan, at::Device device) {
  std::vector<models::NetworkTravel> models(plan.residences.size() / 3);
  const bool all_held = std::ranges::all_of(
      plan.residences, [](weights::Residence residence) { return residence == weights::Residence::kHeld; });
  if (all_held) return models;
  const auto room = std::make_shared<weights::DeviceRoom>(device);
  const auto travelling = [&](std::size_t demand) {
    return weights::TravellingWeights::make(room, plan.residences[demand]);
  };
  for (std::size_t model = 0; model < models.size(); ++model) {
    models[model] = {.text_encoders = travelling(3 * model),
                     .unet = travelling(3 * model + 1),
                     .autoencoder = travelling(3 * model + 2)};
  }
  return models;
}

}  // namespace fude::pipelines
