#include "models/autoencoders/latent_preview.h"

namespace fude::models {
namespace {

// [channel][red, green, blue]
constexpr float kStableDiffusion[4][3] = {
    {0.298F, 0.207F, 0.208F}, {0.187F, 0.286F, 0.173F}, {-0.158F, 0.189F, 0.264F}, {-0.184F, -0.271F, -0.473F}};
constexpr float kSdxl[4][3] = {{0.3448F, 0.4168F, 0.4395F},
                               {-0.1953F, -0.0290F, 0.0250F},
                               {0.1074F, 0.0886F, -0.0163F},
                               {-0.3730F, -0.2499F, -0.2088F}};

}  // namespace

at::Tensor preview_of(const at::Tensor& latent, LatentSpace space) {
  const auto& factors = space == LatentSpace::kSdxl ? kSdxl : kStableDiffusion;
  const at::Tensor colours = at::tensor(at::ArrayRef<float>(&factors[0][0], 12), at::kFloat).view({4, 3});
  return at::einsum("bchw,cr->brhw", {latent.to(at::kFloat), colours.to(latent.device())}).clamp(-1, 1);
}

}  // namespace fude::models
