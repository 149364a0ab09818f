#pragma once

#include <ATen/ATen.h>

#include <optional>
#include <vector>

#include "models/stable_diffusion.h"
#include "pipelines/generation_request.h"
#include "pipelines/memory_plan.h"

namespace fude::pipelines {

/// What the text encoders, the denoiser and the autoencoder of a checkpoint ask of a device, in this order, when they
/// compute in `type` what `request` wants. Width and height 0 stand for `native_size`.
std::vector<NetworkDemand> memory_demands(const weights::TensorIndex& index,
                                          const models::StableDiffusionConfig& config, at::ScalarType type,
                                          const GenerationRequest& request, int native_size);

/// Of a processor: of the system. Absent where that is not told.
std::optional<DeviceMemory> memory_of(at::Device device);

/// What takes the networks' weights into its care where the plan has them anywhere but on the device: for each model,
/// whose demands are three in the order of memory_demands.
std::vector<models::NetworkTravel> travel_of(const MemoryPlan& plan, at::Device device);

}  // namespace fude::pipelines
