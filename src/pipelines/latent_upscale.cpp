#include "pipelines/latent_upscale.h"

#include <algorithm>
#include <array>

#include "core/names.h"

namespace fude::pipelines {
namespace {

at::Tensor bilinear(const at::Tensor& x, int64_t height, int64_t width) {
  return at::upsample_bilinear2d(x, {height, width}, /*align_corners=*/false);
}

at::Tensor bilinear_antialiased(const at::Tensor& x, int64_t height, int64_t width) {
  return at::_upsample_bilinear2d_aa(x, {height, width}, /*align_corners=*/false);
}

at::Tensor bicubic(const at::Tensor& x, int64_t height, int64_t width) {
  return at::upsample_bicubic2d(x, {height, width}, /*align_corners=*/false);
}

at::Tensor bicubic_antialiased(const at::Tensor& x, int64_t height, int64_t width) {
  return at::_upsample_bicubic2d_aa(x, {height, width}, /*align_corners=*/false);
}

at::Tensor nearest(const at::Tensor& x, int64_t height, int64_t width) {
  return at::upsample_nearest2d(x, {height, width});
}

at::Tensor nearest_exact(const at::Tensor& x, int64_t height, int64_t width) {
  return at::_upsample_nearest_exact2d(x, {height, width});
}

constexpr std::array<LatentUpscaler, 6> kUpscalers{{{"Latent", bilinear},
                                                    {"Latent (antialiased)", bilinear_antialiased},
                                                    {"Latent (bicubic)", bicubic},
                                                    {"Latent (bicubic antialiased)", bicubic_antialiased},
                                                    {"Latent (nearest)", nearest},
                                                    {"Latent (nearest-exact)", nearest_exact}}};

}  // namespace

std::span<const LatentUpscaler> latent_upscalers() { return kUpscalers; }

const LatentUpscaler* find_latent_upscaler(std::string_view name) {
  const auto found =
      std::ranges::find_if(kUpscalers, [&](const LatentUpscaler& row) { return same_name(row.name, name); });
  return found == kUpscalers.end() ? nullptr : &*found;
}

}  // namespace fude::pipelines
