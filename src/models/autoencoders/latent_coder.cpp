#include "models/autoencoders/latent_coder.h"

#include "core/error.h"
#include "models/autoencoders/banded_autoencoder.h"

namespace fude::models {
namespace {

using Code = at::Tensor (*)(const AutoencoderKL&, const at::Tensor&);

/// One direction, the whole at once and piece by piece.
struct Direction {
  Code whole, in_pieces;
};

const Direction kDecode{
    .whole = [](const AutoencoderKL& autoencoder, const at::Tensor& latent) { return autoencoder.decode(latent); },
    .in_pieces = [](const AutoencoderKL& autoencoder,
                    const at::Tensor& latent) { return decode_in_bands(autoencoder, latent); }};
const Direction kEncode{
    .whole = [](const AutoencoderKL& autoencoder, const at::Tensor& image) { return autoencoder.encode(image); },
    .in_pieces = [](const AutoencoderKL& autoencoder,
                    const at::Tensor& image) { return encode_in_bands(autoencoder, image); }};

/// Of a picture in latent cells.
struct Size {
  int64_t height, width;
};

// The tensor library's type for this is not the same in all versions and on all devices.
bool is_out_of_memory(const c10::Error& error) {
  const std::string_view message = error.what_without_backtrace();
  return message.find("out of memory") != message.npos || message.find("allocate memory") != message.npos;
}

at::Tensor run(const LatentCoder& coder, const Direction& direction, const at::Tensor& input, Size size) {
  if (works_in_pieces(coder, size.height, size.width)) return direction.in_pieces(coder.autoencoder, input);
  try {
    return direction.whole(coder.autoencoder, input);
  } catch (const c10::Error& error) {  // on a GPU, where free memory is not known before
    if (coder.tiling == VaeTiling::kOff || !is_out_of_memory(error)) throw;
  }
  return direction.in_pieces(coder.autoencoder, input);
}

at::Tensor run_to_numbers(const LatentCoder& coder, const Direction& direction, const at::Tensor& input, Size size) {
  const auto is_finite = [](const at::Tensor& result) { return result.isfinite().all().item<bool>(); };
  at::Tensor result = run(coder, direction, input, size).to(at::kFloat);
  if (is_finite(result)) return result;
  if (input.scalar_type() != at::kFloat && coder.in_single_precision) {
    const AutoencoderKL precise = coder.in_single_precision();
    const LatentCoder again{.autoencoder = precise, .tiling = coder.tiling, .free_bytes = coder.free_bytes};
    result = run(again, direction, input.to(at::kFloat), size);
    if (is_finite(result)) return result;
  }
  fail(ErrorCode::kUnsupportedModel,
       "the autoencoder gave values that are no numbers, expected a finite picture; try another with --vae");
}

}  // namespace

VaeTiling vae_tiling_from(std::string_view name) {
  if (name == "auto") return VaeTiling::kAuto;
  if (name == "on") return VaeTiling::kOn;
  if (name == "off") return VaeTiling::kOff;
  fail(ErrorCode::kInvalidArgument, "vae tiling is '{}', expected auto, on or off", printable(name, 40));
}

bool works_in_pieces(const LatentCoder& coder, int64_t height, int64_t width) {
  if (coder.tiling != VaeTiling::kAuto) return coder.tiling == VaeTiling::kOn;
  if (!coder.free_bytes) return false;
  const int64_t needed = decode_bytes(coder.autoencoder.config(), height, width, coder.autoencoder.type());
  return static_cast<std::uint64_t>(needed) > *coder.free_bytes;
}

at::Tensor decode_latent(const LatentCoder& coder, const at::Tensor& latent) {
  return run_to_numbers(coder, kDecode, latent, {.height = latent.size(2), .width = latent.size(3)});
}

at::Tensor encode_image(const LatentCoder& coder, const at::Tensor& image) {
  const int64_t cell = coder.autoencoder.config().downscale();
  return run_to_numbers(coder, kEncode, image, {.height = image.size(2) / cell, .width = image.size(3) / cell});
}

}  // namespace fude::models
