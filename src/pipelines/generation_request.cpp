#include "pipelines/generation_request.h"

#include <algorithm>
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

void check_count(std::string_view name, std::size_t count, std::size_t most) {
  if (count > most) fail(ErrorCode::kInvalidArgument, "{} has {} entries, expected at most {}", name, count, most);
}

// What only stored requests have, and programs may send.
void check_stored_texts(const GenerationRequest& request) {
  check_text("prompt_template", request.prompt_template);
  check_text("negative_template", request.negative_template);
  check_text("lora_hashes", request.lora_hashes);
  check_count("styles", request.styles.size(), kMostStyles);
  for (const std::string& style : request.styles) check_text("styles", style);
  check_count("extra_text", request.extra.size(), kMostExtraTexts);
  for (const auto& [key, value] : request.extra) {
    check_text("extra_text", key);
    check_text("extra_text", value);
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

// What the web UI's lists say for the same as in the first pass.
void clear_if_same(std::string& name) {
  if (name == "None" || name.starts_with("Use same ")) name.clear();
}

void normalise_hires(GenerationRequest& request) {
  for (std::string* name : {&request.hr_checkpoint, &request.hr_sampler, &request.hr_scheduler}) clear_if_same(*name);
  if (request.hr_sampler.empty() && request.hr_scheduler.empty()) return;
  const std::string& sampler = request.hr_sampler.empty() ? request.sampler : request.hr_sampler;
  const diffusion::SamplerNames names = diffusion::resolve_sampler_names(sampler, request.hr_scheduler);
  const bool had_schedule = !request.hr_scheduler.empty() || names.schedule.id != "automatic";
  if (!request.hr_sampler.empty()) request.hr_sampler = names.sampler.label;
  if (had_schedule) request.hr_scheduler = names.schedule.label;
}

void check_colour(std::string_view name, const std::string& colour) {
  const bool is_colour = colour.size() == 7 && colour[0] == '#' &&
                         colour.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos;
  if (!is_colour)
    fail(ErrorCode::kInvalidArgument, "{} is '{}', expected a colour such as #ffffff", name, printable(colour, 40));
}

void check_sources(GenerationRequest& request) {
  const SourcePictures& sources = request.sources;
  const auto count = static_cast<int>(sources.init_images.size());
  if (count > 1 && count > request.batch_size) {
    fail(ErrorCode::kInvalidArgument, "init_images has {} pictures, expected 1 or at most batch_size, which is {}",
         count, request.batch_size);
  }
  if (count > 1) request.batch_size = count;  // one of each
  if (count == 0 && (sources.mask || sources.latent_mask)) {
    fail(ErrorCode::kInvalidArgument, "mask is given without init_images, expected a picture that it lies on");
  }
  if (sources.latent_mask && !sources.mask) {
    fail(ErrorCode::kInvalidArgument, "latent_mask is given without mask, expected both");
  }
  if (sources.firstpass_image && !request.enable_hr) {
    fail(ErrorCode::kInvalidArgument, "firstpass_image is given without enable_hr, expected hires fix");
  }
  if (count > 0 && request.enable_hr) {
    fail(ErrorCode::kInvalidArgument, "enable_hr is given with init_images, expected one of them");
  }
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

void check_tiles(const GenerationRequest& request) {
  if (request.tiled_diffusion == "None") return;
  const int width = request.diffusion_tile_width, height = request.diffusion_tile_height;
  if (request.diffusion_tile_overlap >= std::min(width, height)) {
    fail(ErrorCode::kInvalidArgument, "tiled_diffusion_overlap is {}, expected less than the sides of a tile of {}x{}",
         request.diffusion_tile_overlap, width, height);
  }
  if (request.tiling) {
    fail(ErrorCode::kInvalidArgument, "tiling is given with tiled_diffusion, expected one of them");
  }
  if (request.sag_scale != 0) {
    fail(ErrorCode::kInvalidArgument, "sag_scale is given with tiled_diffusion, expected one of them");
  }
}

}  // namespace

GenerationRequest api_request() {
  GenerationRequest request;
  request.steps = 50;
  request.sampler = "Euler";
  request.width = 512;
  request.height = 512;
  request.denoising_strength = 0.75;
  request.inpainting_fill = 0;
  request.inpaint_full_res = true;
  request.inpaint_full_res_padding = 0;
  return request;
}

bool starts_from_picture(const GenerationRequest& request) { return !request.sources.init_images.empty(); }

int pictures_of_batch(const GenerationRequest& request) { return request.sd_upscale ? 1 : request.batch_size; }

int picture_count(const GenerationRequest& request) { return pictures_of_batch(request) * request.batch_count; }

double acting_strength(const GenerationRequest& request) {
  return request.denoising_strength.value_or(request.enable_hr ? 0.7 : 0.75);
}

std::string acting_face_restorer(const GenerationRequest& request) {
  const bool is_off = !request.restore_faces || request.face_restoration_model == "None";
  return is_off ? std::string() : request.face_restoration_model;
}

double acting_image_guidance(const GenerationRequest& request) { return request.image_cfg_scale.value_or(1.5); }

MaskBlur mask_blur_of(const GenerationRequest& request) {
  return {.x = request.mask_blur_x < 0 ? request.mask_blur : request.mask_blur_x,
          .y = request.mask_blur_y < 0 ? request.mask_blur : request.mask_blur_y};
}

HiresSize hires_size(const GenerationRequest& request) {
  constexpr int kCell = 8;
  const int w = request.width, h = request.height, x = request.hr_resize_x, y = request.hr_resize_y;
  const auto scaled = [](int side, int numerator, int denominator) {
    return static_cast<int>(std::int64_t{side} * numerator / denominator);
  };
  HiresSize size;
  if (x == 0 && y == 0) {
    size = {.width = static_cast<int>(w * request.hr_scale), .height = static_cast<int>(h * request.hr_scale)};
  } else if (y == 0 || (x != 0 && std::int64_t{w} * y < std::int64_t{x} * h)) {
    size = {.width = x, .height = scaled(x, h, w)};
  } else {
    size = {.width = scaled(y, w, h), .height = y};
  }
  if (x != 0 && y != 0) {
    size.crop_x = std::max(size.width - x, 0) / kCell * kCell;
    size.crop_y = std::max(size.height - y, 0) / kCell * kCell;
  }
  const bool fits =
      size.width >= kCell && size.height >= kCell && std::int64_t{size.width} * size.height <= kLargestPicture;
  if (!fits) {
    fail(ErrorCode::kInvalidArgument, "hires fix would make {}x{}, expected {} to {} pixels", size.width, size.height,
         kCell * kCell, kLargestPicture);
  }
  return size;
}

void normalise(GenerationRequest& request) {
  for (const RequestField& field : request_fields()) set_field(request, field, field_value(request, field));
  const diffusion::SamplerNames names = diffusion::resolve_sampler_names(request.sampler, request.scheduler);
  request.sampler = names.sampler.label;
  request.scheduler = names.schedule.label;
  normalise_hires(request);
  normalise_vae(request.vae);
  normalise_refiner(request.refiner);
  check_words(request);
  check_stored_texts(request);
  check_size(request);
  check_colour("img2img_background_color", request.img2img_background_color);
  check_sources(request);
  check_tiles(request);
  if (request.sigma_min > 0 && request.sigma_max > 0 && request.sigma_min >= request.sigma_max) {
    fail(ErrorCode::kInvalidArgument, "sigma_min is {}, expected less than sigma_max, which is {}", request.sigma_min,
         request.sigma_max);
  }
}

void check_words(const GenerationRequest& request) {
  check_text("prompt", request.prompt);
  check_text("negative_prompt", request.negative_prompt);
  check_text("hr_prompt", request.hr_prompt);
  check_text("hr_negative_prompt", request.hr_negative_prompt);
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
  const std::vector<PictureBytes>& pictures = request.sources.init_images;
  if (pictures.size() > 1) image.sources.init_images = {pictures[static_cast<std::size_t>(index) % pictures.size()]};
  return image;
}

}  // namespace fude::pipelines
