#include "pipelines/generation_request.h"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/unicode.h"
#include "diffusion/sampler_names.h"
#include "pipelines/request_fields.h"

namespace fude::pipelines {
namespace {

constexpr std::size_t kLongestPrompt = 1 << 20;  // bytes

std::int64_t random_seed() {
  std::random_device entropy;
  return std::uniform_int_distribution<std::int64_t>(0, 4294967293)(entropy);
}

// Seeds wrap like the 64-bit key they become, and never overflow.
std::int64_t seed_after(std::int64_t seed, int steps) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(seed) + static_cast<std::uint64_t>(steps));
}

void check_text(std::string_view name, const std::string& text) {
  if (text.size() > kLongestPrompt) {
    fail(ErrorCode::kInvalidArgument, "{} has {} bytes, expected at most {}", name, text.size(), kLongestPrompt);
  }
  if (text.find('\0') != std::string::npos) {
    fail(ErrorCode::kInvalidArgument, "{} has a NUL character, expected text", name);
  }
  if (encode_utf8(decode_utf8(text)) != text) {
    fail(ErrorCode::kInvalidArgument, "{} is '{}', expected UTF-8 text", name, printable(text, 40));
  }
}

// The command line's short words for what the settings call by other names.
void normalise_vae(std::string& vae) {
  if (vae.empty() || vae == "auto" || vae == "automatic") vae = "Automatic";
  if (vae == "none") vae = "None";
}

// What the web UI's list and its older versions say for none.
void normalise_refiner(std::string& refiner) {
  if (refiner == "None" || refiner == "none") refiner.clear();
}

void check_size(const GenerationRequest& request) {
  if ((request.width == 0) != (request.height == 0)) {
    fail(ErrorCode::kInvalidArgument, "size is {}x{}, expected both width and height", request.width, request.height);
  }
  if (static_cast<std::int64_t>(request.width) * request.height > kLargestPicture) {
    fail(ErrorCode::kInvalidArgument, "size is {}x{}, expected at most {} pixels", request.width, request.height,
         kLargestPicture);
  }
}

}  // namespace

GenerationRequest api_request() {
  GenerationRequest request;
  request.steps = 50;
  request.sampler = "Euler";
  request.width = 512;
  request.height = 512;
  return request;
}

void normalise(GenerationRequest& request) {
  for (const RequestField& field : request_fields()) set_field(request, field, field_value(request, field));
  const diffusion::SamplerNames names = diffusion::resolve_sampler_names(request.sampler, request.scheduler);
  request.sampler = names.sampler.label;
  request.scheduler = names.schedule.label;
  normalise_vae(request.vae);
  normalise_refiner(request.refiner);
  check_text("prompt", request.prompt);
  check_text("negative_prompt", request.negative_prompt);
  check_size(request);
  if (request.sigma_min > 0 && request.sigma_max > 0 && request.sigma_min >= request.sigma_max) {
    fail(ErrorCode::kInvalidArgument, "sigma_min is {}, expected less than sigma_max, which is {}", request.sigma_min,
         request.sigma_max);
  }
}

void resolve_seeds(GenerationRequest& request) {
  if (request.seed == -1) request.seed = random_seed();
  if (request.subseed == -1) request.subseed = random_seed();
}

double acting_eta(const GenerationRequest& request, const diffusion::SamplerTraits& sampler) {
  if (request.eta) return *request.eta;
  if (sampler.uses_timesteps) return request.eta_ddim;
  return sampler.default_eta == 1.0 ? request.eta_ancestral : sampler.default_eta;
}

GenerationRequest request_of_image(const GenerationRequest& request, int index) {
  GenerationRequest image = request;
  if (request.subseed_strength == 0) image.seed = seed_after(request.seed, index);
  image.subseed = seed_after(request.subseed, index);
  return image;
}

}  // namespace fude::pipelines
