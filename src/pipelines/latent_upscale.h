#pragma once

#include <ATen/ATen.h>

#include <span>
#include <string_view>

namespace fude::pipelines {

/// One way to enlarge a latent without decoding it, as hires fix offers them.
struct LatentUpscaler {
  std::string_view name;  // stable: stored with pictures
  /// x [B,C,h,w] -> [B,C,height,width].
  at::Tensor (*run)(const at::Tensor& x, int64_t height, int64_t width);
};

/// All of them, in the order they are offered.
std::span<const LatentUpscaler> latent_upscalers();

/// By its name, whatever the case; nullptr where it is none of them.
const LatentUpscaler* find_latent_upscaler(std::string_view name);

}  // namespace fude::pipelines
